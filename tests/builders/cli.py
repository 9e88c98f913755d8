"""The command line, told everything by its environment: within the test, or as a process of its own."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.cli import main
from deploy.settings import environment_of

PATIENCE_S = 60.0
NOWHERE = "postgresql://nobody:secret@127.0.0.1:1/amends"
ROLES = ("AMENDS_OWNER", "AMENDS_WORKER", "AMENDS_PORTAL", "AMENDS_AUDITOR")


def set_environment(monkeypatch, **values):
    """Set `AMENDS_` and each name to its value."""
    for name, value in values.items():
        monkeypatch.setenv(f"AMENDS_{name}", value)


def outcome(capsys, *arguments):
    """Run the command line, and return its exit status and what it said to whom something went wrong."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code, capsys.readouterr().err.splitlines()


@dataclass(frozen=True)
class Done:
    """What a command did."""

    status: int
    said: str
    errors: list[str]


async def run_cli(settings, *arguments):
    """Run a command to its end under these settings."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), **environment_of(settings)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    return Done(process.returncode, said.decode(), errors.decode().splitlines())
