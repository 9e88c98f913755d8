"""`amends up` at a terminal: what it says, what other terminals find, and how it ends whenever it is asked to."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.ports import free_port

pytestmark = [pytest.mark.connected, pytest.mark.slow]
DEADLINE_S = 120
PROGRAM = (sys.executable, "-m", "deploy.cli")
ENVIRONMENT = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}


@contextmanager
def running(*arguments):
    """A command at a terminal of its own; killed if it hangs."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen((*PROGRAM, *arguments), text=True, env=ENVIRONMENT, **pipes)
    timer = threading.Timer(DEADLINE_S, process.kill)
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def said_until(process, words):
    """Return what a command says up to a line with these words in it."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def stopped(process, number):
    """Ask a command to stop, and return its exit status and what it said from then on."""
    process.send_signal(number)
    said, _ = process.communicate(timeout=DEADLINE_S)
    return process.returncode, said


def ask(*arguments):
    """Run a command to its end."""
    return subprocess.run(
        (*PROGRAM, *arguments), text=True, env=ENVIRONMENT, capture_output=True, timeout=DEADLINE_S, check=False
    )


def test_passwords_are_shown_once_and_a_second_start_says_how_to_get_others(tmp_path):
    words = ("up", "--home", str(tmp_path), "--port", str(free_port()))

    with running(*words) as up:
        first = said_until(up, "Stop it:")
        users = ask("users", "list", "--home", str(tmp_path))
        ends = [stopped(up, signal.SIGINT)]
    with running(*words) as up:
        second = said_until(up, "Stop it:")
        ends.append(stopped(up, signal.SIGTERM))

    assert "The passwords are shown this once" in first
    assert f"export AMENDS_HOME={tmp_path}" in first
    assert (users.returncode, "caseworker" in users.stdout) == (0, True), users.stderr
    assert "amends users reset-password LOGIN" in second
    assert [status for status, _ in ends] == [0, 0]
    assert all("Stopped. Nothing that was receipted is lost." in said for _, said in ends)


@pytest.mark.parametrize(
    ("moment", "number"),
    [("Starting in", signal.SIGTERM), ("database started", signal.SIGINT), ("worker started", signal.SIGTERM)],
)
def test_a_start_that_is_broken_off_ends_cleanly_and_leaves_nothing_behind(tmp_path, moment, number):
    with running("up", "--home", str(tmp_path), "--port", str(free_port())) as up:
        said_until(up, moment)
        status, said = stopped(up, number)

    assert status == 0, said
    assert "Traceback" not in said
    assert not list((tmp_path / "run").glob("*.pid"))


def test_a_demo_that_is_broken_off_has_no_answer_and_says_so(tmp_path):
    with running("demo", "--referrals", "20", "--json", "--home", str(tmp_path)) as demo:
        said_until(demo, "portal started")
        status, said = stopped(demo, signal.SIGTERM)

    assert status == 130, said
    assert "Traceback" not in said
    assert not list((tmp_path / "demo" / "run").glob("*.pid"))
