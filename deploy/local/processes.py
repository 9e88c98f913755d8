"""A supervised child process: its own session, a log file, a process file, a clean stop and a hard one."""

import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from deploy.local.accounts import Account
from deploy.local.errors import LocalStackError
from deploy.local.pid_files import PidFile, end_process, kill_tree
from deploy.local.process_table import identity
from deploy.local.waiting import holds_within

PLAIN_ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STOP_GRACE_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a process is started: a plain environment unless told otherwise, so that one machine is like another."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    log_path: Path
    pid_path: Path
    account: Account | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: PLAIN_ENVIRONMENT)
    stop_signal: int = signal.SIGTERM


class ChildProcess:
    """One running child. Bound to no event loop, so a fixture may start it in one and stop it in another."""

    def __init__(self, launch: Launch, popen: subprocess.Popen[bytes]) -> None:
        self.launch = launch
        self._popen = popen
        self._file = PidFile(
            name=launch.name, pid=popen.pid, identity=identity(popen.pid) or "dead", stop_signal=launch.stop_signal
        )
        self._file.write(launch.pid_path)

    @classmethod
    def start(cls, launch: Launch) -> Self:
        """Start the process in a session of its own: Ctrl-C reaches us alone, and we stop it in order."""
        launch.log_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(launch.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return cls(launch, _spawn(launch, log))
        except OSError as error:
            raise LocalStackError(f"{launch.name} cannot be started: {error}.") from error
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._popen.pid

    @property
    def running(self) -> bool:
        """Whether it still runs; reaps it when it does not."""
        return self._popen.poll() is None

    async def wait_ready(self, ready: Callable[[], Awaitable[bool]], *, seconds: float) -> None:
        """Return once it is ready; a process that ends first, or is too slow, is an error that names the log."""

        async def ready_or_ended() -> bool:
            return not self.running or await ready()

        try:
            in_time = await holds_within(ready_or_ended, seconds)
        except BaseException:  # Ctrl-C too: nobody else holds this process yet
            await self.stop()
            raise
        if not self.running:
            self._forget()
            raise LocalStackError(
                f"{self.launch.name} ended while starting (exit {self._popen.returncode}). "
                f"The reason is in {self.launch.log_path}."
            )
        if not in_time:
            await self.kill()
            raise LocalStackError(
                f"{self.launch.name} did not answer within {seconds:g} s. The reason may be in {self.launch.log_path}."
            )

    async def stop(self, *, grace: float = STOP_GRACE_S) -> None:
        """Ask it to stop and wait; kill it after the grace. May be called again."""
        if self.running:
            await end_process(self._file, grace=grace)
        self._forget()

    async def kill(self) -> None:
        """SIGKILL to it and everything it started: a crash, for fault tests. May be called again."""
        if self.running:
            await kill_tree(self._file)
        self._forget()

    def _forget(self) -> None:
        self._popen.wait()
        if PidFile.read(self.launch.pid_path) == self._file:
            self.launch.pid_path.unlink(missing_ok=True)


def _spawn(launch: Launch, log: int) -> subprocess.Popen[bytes]:
    account = launch.account
    return subprocess.Popen(
        launch.argv,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=launch.folder,
        env=dict(launch.environment),
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
    )
