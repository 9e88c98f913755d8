"""Free ports on the loopback address."""

import secrets
import socket
from errno import EADDRNOTAVAIL

from deploy.local.errors import LocalStackError

HOST = "127.0.0.1"
# Below the range from which Linux (32768) and macOS (49152) take ports for outgoing connections: a server that is
# started again on its port must not find it taken by somebody's client.
LOWEST, HIGHEST = 20_000, 32_000
ATTEMPTS = 200

_given: set[int] = set()


def free_port() -> int:
    """A port on which nothing listens, never given before by this process."""
    for _ in range(ATTEMPTS):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise LocalStackError(f"No free port was found on {HOST} between {LOWEST} and {HIGHEST}. Stop what listens there.")


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server may listen on this port now. LocalStackError for a host that is none of this machine's."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == EADDRNOTAVAIL:
            raise LocalStackError(
                f"{host} is no address of this machine. Set AMENDS_PORTAL__HOST to one, as 127.0.0.1 or 0.0.0.0."
            ) from error
        return False
    return True


def claim_port(port: int | None, part: str) -> int:
    """The asked port if it is free, or any free one if none was asked."""
    if port is None:
        return free_port()
    if not is_free(port):
        raise LocalStackError(f"Port {port} for {part} is in use. Stop what listens there or choose another port.")
    return port
