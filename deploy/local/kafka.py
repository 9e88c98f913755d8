"""A real Apache Kafka broker as a plain Java process: one node, broker and controller in one.

`python -m deploy.local.kafka fetch` copies the jars; `find_kafka` says whether they are here.
"""

import asyncio
import base64
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.broker_probe import cluster_id, listens
from deploy.local.errors import LocalStackError
from deploy.local.home import write_private
from deploy.local.kafka_config import ADMIN, MECHANISM, ScramSettings, properties, sign_in
from deploy.local.kafka_jars import fetch_kafka, find_kafka, java
from deploy.local.ports import HOST, free_port
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch
from streams.tls import Tls

READY_S = 45.0
FORMAT_S = 60.0
STOP_GRACE_S = 20.0

__all__ = ["KafkaBroker", "ScramSettings", "fetch_kafka", "find_kafka"]


class KafkaBroker:
    """One broker with its data in a folder; it keeps its ports and data from start to start."""

    def __init__(
        self, *, folder: Path, lib: Path, log_path: Path, pid_path: Path, sasl: ScramSettings | None = None
    ) -> None:
        self.host = HOST
        self.port = free_port()
        self.sasl = sasl
        self.log_path = log_path.absolute()
        self.controller_port = free_port()
        self._folder = folder.absolute()
        self._lib = lib
        self._pid_path = pid_path.absolute()
        self._process: ChildProcess | None = None

    @property
    def bootstrap(self) -> str:
        """Host and port for clients; the same after every restart."""
        return f"{self.host}:{self.port}"

    @property
    def cluster_id(self) -> str:
        """The id given when the data folder was formatted."""
        lines = (self._data / "meta.properties").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)["cluster.id"]

    @property
    def running(self) -> bool:
        """Whether the broker's process runs."""
        return self._process is not None and self._process.running

    def client_options(self, user: str = ADMIN, password: str | None = None) -> dict[str, Any]:
        """The options with which aiokafka's clients connect; as the admin unless a user is named."""
        options: dict[str, Any] = {"bootstrap_servers": self.bootstrap}
        if self.sasl:
            options |= sign_in(user, password or self.sasl.admin_password)
        if self.sasl and self.sasl.keystore:
            trusted = Tls(ca_file=self.sasl.keystore.with_suffix(".crt"))
            options |= {"security_protocol": "SASL_SSL", "ssl_context": trusted.context()}
        return options

    async def start(self) -> None:
        """Start it and wait until it answers, formatting the folder the first time; nothing happens when it runs."""
        if self.running:
            return
        await asyncio.to_thread(self._prepare)
        self._process = ChildProcess.start(self._launch())
        await self._process.wait_ready(self._answers, seconds=READY_S)

    async def stop(self) -> None:
        """A clean stop. May be called again."""
        if self._process:
            await self._process.stop(grace=STOP_GRACE_S)

    async def kill(self) -> None:
        """SIGKILL. May be called again."""
        if self._process:
            await self._process.kill()

    async def restart(self) -> None:
        """Stop it if it runs, and start it on the same port with the same data."""
        await self.stop()
        await self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _config(self) -> Path:
        return self._folder / "server.properties"

    def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._config.unlink(missing_ok=True)
        write_private(self._config, "".join(f"{name}={value}\n" for name, value in self._lines().items()))
        if not (self._data / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        scram = (f"{MECHANISM}=[name={ADMIN},password={self.sasl.admin_password}]",) if self.sasl else ()
        options = ("format", "-t", self._cluster_to_be(), "-c", str(self._config))
        done = subprocess.run(
            (*self._java("128m"), "kafka.tools.StorageTool", *options, *(p for s in scram for p in ("--add-scram", s))),
            env=dict(PLAIN_ENVIRONMENT),
            capture_output=True,
            text=True,
            timeout=FORMAT_S,
            check=False,
        )
        if done.returncode != 0:
            raise LocalStackError(f"Kafka's folder {self._folder} could not be formatted: {done.stderr[-500:].strip()}")

    def _lines(self) -> Mapping[str, str]:
        """The lines of server.properties; a node of a cluster has more of them."""
        return properties(port=self.port, controller_port=self.controller_port, data=self._data, sasl=self.sasl)

    def _cluster_to_be(self) -> str:
        """The id with which a new data folder is formatted; one for all nodes of a cluster."""
        return new_cluster_id()

    def _launch(self) -> Launch:
        return Launch(
            name="Apache Kafka",
            argv=(*self._java("512m"), "kafka.Kafka", str(self._config)),
            folder=self._folder,
            log_path=self.log_path,
            pid_path=self._pid_path,
        )

    def _java(self, heap: str) -> tuple[str, ...]:
        return (java(), f"-Xmx{heap}", "-Dlog4j2.level=WARN", "-cp", f"{self._lib}/*")

    async def _answers(self) -> bool:
        return await listens(self.host, self.port) and await cluster_id(self.client_options()) is not None


def new_cluster_id() -> str:
    """Kafka's spelling of a random UUID; the first letter keeps it from looking like an option."""
    return "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()[1:22]


def main(arguments: list[str]) -> int:
    """Fetch the jars and say where they are."""
    if arguments != ["fetch"]:
        sys.stderr.write("usage: python -m deploy.local.kafka fetch\n")
        return 2
    try:
        sys.stdout.write(f"{fetch_kafka()}\n")
    except LocalStackError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
