"""What the operating system says about processes: who is alive, and who descends from whom."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LINUX = sys.platform == "linux"
PROC = Path("/proc")
# Fields of /proc/PID/stat after the name in parentheses (proc(5) counts them from 3).
STATE, PARENT, THREADS, START_TICKS = 0, 1, 17, 19


def identity(pid: int) -> str | None:
    """What tells this process from a later one with the same number; None when it is dead (or dead and not reaped)."""
    if LINUX:
        fields = _stat(pid)
        # A dead first thread, as Java has while it stops, does not make a dead process.
        if fields is None or (fields[STATE] in "ZX" and int(fields[THREADS]) <= 1):
            return None
        # Ticks since boot, not a date: a changed clock must not make a process look like another.
        return f"{_boot()}:{fields[START_TICKS]}"
    state, _, started = _ps("-o", "state=,lstart=", "-p", str(pid)).strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def descendants(pid: int) -> tuple[int, ...]:
    """Children and their children, the nearest first."""
    parents = dict(_parents())
    found = [pid]
    for ancestor in found:
        found.extend(child for child, parent in parents.items() if parent == ancestor and child not in found)
    return tuple(found[1:])


def working_in(folder: Path) -> tuple[int, ...]:
    """Processes of ours to see whose current folder this is; none are known where there is no /proc."""
    if not LINUX:
        return ()
    pids = (entry for entry in PROC.iterdir() if entry.name.isdigit())
    return tuple(int(entry.name) for entry in pids if _current_folder(entry) == str(folder))


def _current_folder(entry: Path) -> str | None:
    try:
        return str((entry / "cwd").readlink())
    except OSError:
        return None


def _parents() -> Iterator[tuple[int, int]]:
    if LINUX:
        for entry in PROC.iterdir():
            fields = _stat(int(entry.name)) if entry.name.isdigit() else None
            if fields:
                yield int(entry.name), int(fields[PARENT])
        return
    for line in _ps("-A", "-o", "pid=,ppid=").splitlines():
        child, parent = line.split()
        yield int(child), int(parent)


def _stat(pid: int) -> list[str] | None:
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _ps(*arguments: str) -> str:
    return subprocess.run(("ps", *arguments), capture_output=True, text=True, check=False).stdout
