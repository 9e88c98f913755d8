"""How a broker is reached under TLS, in the words of both clients that we use."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.helpers import create_ssl_context

# aiokafka's names, which the settings speak, in librdkafka's words.
_OPTIONS = {
    "bootstrap_servers": "bootstrap.servers",
    "security_protocol": "security.protocol",
    "sasl_mechanism": "sasl.mechanism",
    "sasl_plain_username": "sasl.username",
    "sasl_plain_password": "sasl.password",
}
PROTOCOLS = ("SSL", "SASL_SSL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """PEM files: who may vouch for the broker (else the system's authorities), and our own certificate with its key."""

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return what aiokafka and Faust take; the broker's name is always checked. OSError for a file of no use."""
        context: ssl.SSLContext = create_ssl_context(
            cafile=self.ca_file, certfile=self.certificate_file, keyfile=self.key_file
        )
        return context

    def librdkafka(self) -> dict[str, str]:
        """Return what confluent-kafka takes."""
        files = {
            "ssl.ca.location": self.ca_file,
            "ssl.certificate.location": self.certificate_file,
            "ssl.key.location": self.key_file,
        }
        return {name: str(path) for name, path in files.items() if path is not None}


def librdkafka_options(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Return aiokafka's connection options as confluent-kafka takes them; what it has no word for is left out."""
    return {_OPTIONS[name]: value for name, value in connection.items() if name in _OPTIONS}
