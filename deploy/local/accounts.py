"""The unprivileged user under whom PostgreSQL runs when we are root: initdb refuses root."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LocalStackError

CANDIDATES = ("postgres", "_postgres", "nobody")
# Where data goes that the user cannot reach in the home, as below /root; not a temporary folder: it must last.
REACHABLE = Path("/var/lib/amends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An existing system user."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """The user to run as; None when we are not root and run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise LocalStackError(
        f"PostgreSQL does not run as root, and none of the users {', '.join(CANDIDATES)} exists. "
        "Create one, or run as an ordinary user."
    )


def can_reach(account: Account, path: Path) -> bool:
    """Whether the user may pass every folder down to this existing path; the kernel is asked, for it knows ACLs."""
    answer = subprocess.run(
        ("test", "-x", str(path)), user=account.uid, group=account.gid, extra_groups=(), cwd="/", check=False
    )
    return answer.returncode == 0


def open_passage(account: Account, folder: Path) -> None:
    """Let the user's group pass through a private folder of ours, without seeing what lies in it."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if folder.stat().st_uid == os.geteuid() and not mode & (stat.S_IRWXG | stat.S_IRWXO):
        os.chown(folder, -1, account.gid)
        folder.chmod(mode | stat.S_IXGRP)


def reachable_folder(account: Account, folder: Path) -> Path:
    """The folder itself where the user can reach it, else one elsewhere to which a link is left in its place."""
    if folder.is_symlink() and not folder.exists():
        raise LocalStackError(f"The data that {folder} links to is gone. Restore it, or remove the link to start anew.")
    if folder.exists():
        return folder.resolve()
    open_passage(account, folder.parent)
    if can_reach(account, folder.parent):
        folder.mkdir(mode=0o700)
    else:
        folder.symlink_to(_new_folder_elsewhere(folder), target_is_directory=True)
    os.chown(folder, account.uid, account.gid)
    return folder.resolve()


def reachable_programs(account: Account, binaries: Path, copies: Path) -> Path:
    """A folder of programs the user may run: the given one where it can be reached, else a copy below `copies`."""
    if can_reach(account, binaries):
        return binaries
    site = binaries.parents[2]
    copy = copies / f"programs-{binaries.parent.name}-{int(binaries.stat().st_mtime)}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=copies, prefix=".programs-"))
        for tree in _trees(binaries):
            shutil.copytree(tree, draft / tree.relative_to(site), symlinks=True)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / binaries.relative_to(site)


def _trees(binaries: Path) -> tuple[Path, ...]:
    """The installation, and the libraries that a wheel keeps beside its package and finds by a relative path."""
    package = binaries.parents[1]
    beside = (package.with_name(f"{package.name}.libs"), package / ".dylibs")
    return (binaries.parent, *(folder for folder in beside if folder.is_dir()))


def _new_folder_elsewhere(folder: Path) -> Path:
    # A fresh name each time: data left behind by a removed home must never be adopted by a new one.
    scratch = Path(tempfile.gettempdir()).resolve()
    parent = scratch if folder.resolve().is_relative_to(scratch) else REACHABLE
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=parent, prefix="amends-postgres-"))
