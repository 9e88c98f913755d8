"""Worker and portal as child processes: told where everything is by their environment, watched by what they answer."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.error import URLError
from urllib.request import urlopen

import asyncpg

from deploy.local.home import Home
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch

READY_S = 60.0
STOP_GRACE_S = 6.0
ANSWER_S = 2.0


@dataclass(slots=True)
class Child:
    """One process of ours: `amends NAME`. Its environment is asked for at every start, since addresses change."""

    name: str
    home: Home
    environment: Callable[[], Mapping[str, str]]
    process: ChildProcess | None = field(default=None)

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.running

    def start(self) -> ChildProcess:
        """Start it, without waiting until it works."""
        self.process = ChildProcess.start(self._launch())
        return self.process

    async def stop(self, *, grace: float = STOP_GRACE_S) -> None:
        """Ask it to stop, and kill it after the grace. May be called again."""
        if self.process is not None:
            await self.process.stop(grace=grace)

    async def kill(self) -> None:
        """SIGKILL. May be called again."""
        if self.process is not None:
            await self.process.kill()

    def _launch(self) -> Launch:
        return Launch(
            name=f"amends {self.name}",
            argv=(sys.executable, "-m", "deploy.cli", self.name),
            folder=self.home.path,
            log_path=self.home.log(self.name),
            pid_path=self.home.run / f"{self.name}.pid",
            environment={**PLAIN_ENVIRONMENT, "LC_ALL": "C.UTF-8", **self.environment()},
        )


async def database_now(dsn: str) -> datetime:
    """Return the database's present instant."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        return now
    finally:
        await connection.close()


def portal_ready(url: str) -> Callable[[], Awaitable[bool]]:
    """Return the question whether the portal lives and calls itself ready."""

    def asked() -> bool:
        try:
            with urlopen(f"{url}/readyz", timeout=ANSWER_S) as answer:  # noqa: S310 - our own http address
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except (URLError, OSError):
            return False

    async def ready() -> bool:
        return await asyncio.to_thread(asked)

    return ready


def worker_ready(dsn: str, since: datetime) -> Callable[[], Awaitable[bool]]:
    """Return the question whether a worker has told how far behind it is since then: it reads and it writes."""

    async def ready() -> bool:
        try:
            connection = await asyncpg.connect(dsn, timeout=ANSWER_S)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        try:
            return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM worker_lag WHERE at >= $1)", since))
        finally:
            await connection.close()

    return ready
