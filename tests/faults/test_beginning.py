"""A forked part is what one that begins anew is: it takes its environment, writes its log, is killed, and ends."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults.beginning import anew, forked

HOWS = pytest.mark.parametrize("begin", [anew, forked])


def _environment(folder):
    return {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), "AMENDS_HOME": str(folder)}


@HOWS
async def test_a_part_reads_its_own_environment_and_says_in_its_log_why_it_ended(begin, tmp_path):
    log = tmp_path / "portal.log"

    environment = {**_environment(tmp_path / "home"), "AMENDS_PORTAL__PORT": "no number"}

    process = await begin("portal", environment, log)

    assert await process.wait() == 2
    assert "AMENDS_PORTAL__PORT" in log.read_text()


@HOWS
async def test_a_part_that_was_killed_says_by_which_signal(begin, tmp_path):
    process = await begin("worker", _environment(tmp_path / "home"), tmp_path / "worker.log")

    process.kill()

    assert await process.wait() == -signal.SIGKILL
    assert process.returncode == -signal.SIGKILL
