"""What a stretch of work cost: CPU by process, commits that had to reach the disk, bytes of the write-ahead log."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.process_table import descendants

PROC = Path("/proc")
# Fields of /proc/PID/stat after the name in parentheses: user, system, and the same of children that have ended.
OWN, ENDED = slice(11, 13), slice(13, 15)
# Every transaction that writes takes a number; those that only read take none and reach no disk.
_COUNTERS = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS commits,
       (pg_current_wal_insert_lsn() - '0/0')::bigint AS wal
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Counters at one instant; the difference of two is what was spent between them."""

    at: float
    cpu: dict
    commits: int
    wal: int

    def __sub__(self, before):
        return Reading(
            at=self.at - before.at,
            cpu={name: round(self.cpu[name] - before.cpu[name], 3) for name in self.cpu},
            commits=self.commits - before.commits,
            wal=self.wal - before.wal,
        )


async def read(connection, pids):
    """Read every counter; the generator is this process. Where there is no /proc, its CPU alone is known."""
    row = await connection.fetchrow(_COUNTERS)
    cpu = {name: cpu_seconds(pid) for name, pid in pids.items()} if PROC.exists() else {}
    cpu["generator"] = time.process_time()
    return Reading(at=time.perf_counter(), cpu=cpu, commits=row["commits"], wal=row["wal"])


def cpu_seconds(pid):
    """The CPU that a process and its children have taken so far."""
    ticks = _ticks(pid, OWN) + _ticks(pid, ENDED) + sum(_ticks(child, OWN) for child in descendants(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid, fields):
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return sum(map(int, stat.rpartition(")")[2].split()[fields]))
