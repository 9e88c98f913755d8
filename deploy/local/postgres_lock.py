"""Who works in a data folder: one server at a time, and nobody left over from a dead one."""

import os
import signal
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.pid_files import send_signal
from deploy.local.process_table import identity, working_in
from deploy.local.waiting import holds_within

ORPHANS_GONE_S = 5.0


def refuse_running(cluster: Path) -> None:
    """Raise when a server runs on the folder that is not ours to use."""
    holder = _lock_holder(cluster)
    if holder is not None and identity(holder) is not None and _is_postgres(holder):
        raise LocalStackError(
            f"PostgreSQL already runs on {cluster} (process {holder}). Stop it, or choose another home."
        )


async def clear_after_crash(cluster: Path) -> None:
    """Remove what a killed server left; called only when that server is known to be dead.

    A backend that outlives its server could write beside the next one, so such backends end first.
    """
    for orphan in working_in(cluster):
        send_signal(orphan, signal.SIGKILL)

    async def nobody_left() -> bool:
        return not working_in(cluster)

    if not await holds_within(nobody_left, ORPHANS_GONE_S):
        raise LocalStackError(f"Processes of a dead PostgreSQL still work in {cluster}. Stop them by hand.")
    holder = _lock_holder(cluster)
    if holder is not None and _is_zombie(holder):
        # PostgreSQL takes a server that nobody has reaped for a living one; all other stale locks it clears itself.
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _lock_holder(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    """False only where the number of a dead server was given to another program."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "postgres"
    except OSError:
        return True


def _is_zombie(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return identity(pid) is None
