"""The command line as a process of its own, told everything by its environment."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.settings import environment_of

PATIENCE_S = 60.0


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
