"""Process files: how the next start finds what a kill -9 of the last one left running."""

import json
import os
import secrets
import signal
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.home import Home, write_private
from deploy.local.process_table import descendants, identity
from deploy.local.waiting import holds_within

LEFTOVER_GRACE_S = 15.0
KILL_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PidFile:
    """A started process: its number, what tells it from a later one of that number, and the signal that stops it."""

    name: str
    pid: int
    identity: str
    stop_signal: int

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return identity(self.pid) == self.identity

    def write(self, path: Path) -> None:
        """Replace the file in one step."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        write_private(draft, json.dumps(asdict(self)))
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> "PidFile | None":
        """The process that the file names; None when there is no readable file."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


async def stop_leftovers(home: Home) -> tuple[str, ...]:
    """Stop every process whose file was left in the home, and remove the files; the names of those that still ran."""
    stopped = []
    for path in sorted(home.run.glob("*.pid")):
        left = PidFile.read(path)
        if left and left.alive():
            await end_process(left, grace=LEFTOVER_GRACE_S)
            stopped.append(left.name)
        path.unlink(missing_ok=True)
    return tuple(stopped)


async def end_process(process: PidFile, *, grace: float) -> None:
    """Ask the process to stop; kill it and its descendants when it has not within the grace."""

    async def gone() -> bool:
        return not process.alive()

    if process.alive():
        send_signal(process.pid, process.stop_signal)
    if not await holds_within(gone, grace):
        await kill_tree(process)


async def kill_tree(process: PidFile) -> None:
    """SIGKILL to the process and all its descendants; PostgreSQL's backends are not in their parent's group."""
    family = {
        pid: known
        for pid in (process.pid, *descendants(process.pid))
        if process.alive() and (known := identity(pid)) is not None
    }
    for pid in family:
        send_signal(pid, signal.SIGKILL)

    async def all_gone() -> bool:
        return all(identity(pid) != known for pid, known in family.items())

    if not await holds_within(all_gone, KILL_WAIT_S):
        raise LocalStackError(f"{process.name} (process {process.pid}) cannot be killed. Stop it by hand.")


def send_signal(pid: int, number: int) -> None:
    """Send a signal; a process that is gone already is no error."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise LocalStackError(f"Process {pid} belongs to another user. Stop it as that user.") from error
