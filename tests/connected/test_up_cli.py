"""`amends up` at a terminal: what it says, what other terminals find, and how it ends whenever it is asked to."""

import json
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


def block(begin):
    """Return the code that the README shows after a mark, as it is printed there."""
    _, _, after = Path("README.md").read_text(encoding="utf-8").partition(f"<!-- {begin}")
    return after.split("```")[1].partition("\n")[2]


def ask(*arguments):
    """Run a command to its end."""
    return subprocess.run(
        (*PROGRAM, *arguments), text=True, env=ENVIRONMENT, capture_output=True, timeout=DEADLINE_S, check=False
    )


def test_what_the_readme_shows_an_agency_works_as_it_is_printed(tmp_path):
    port = str(free_port())
    shell = {"AMENDS_HOME": str(tmp_path), "PORTAL": f"http://127.0.0.1:{port}", "PATH": os.defpath}

    with running("up", "--home", str(tmp_path), "--port", port) as up:
        said_until(up, "Stop it:")
        done = subprocess.run(
            ("bash", "-euc", block("agencies")),
            env=shell,
            text=True,
            capture_output=True,
            timeout=DEADLINE_S,
            check=True,
        )
        stopped(up, signal.SIGINT)
    receipt, read, amended = map(json.loads, done.stdout.splitlines())

    assert (receipt["status"], receipt["problems"]) == ("received", [])
    assert (read["state"], read["authorised_minutes"]) == ("received", 600)
    assert (amended["referral"], amended["authorised_minutes"]) == (read["referral"], 480)


def test_the_rehearsal_that_the_readme_shows_says_what_the_readme_says(tmp_path):
    file = tmp_path / "bandstand.yaml"
    file.write_text(block("rehearsal"), encoding="utf-8")

    done = ask("rehearse", str(file))

    assert done.returncode == 0, done.stderr
    assert f"$ amends rehearse bandstand.yaml\n{done.stdout}" in Path("README.md").read_text(encoding="utf-8")


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


def test_a_first_start_that_is_broken_off_gets_its_invented_cases_at_the_next(tmp_path):
    words = ("up", "--home", str(tmp_path), "--port", str(free_port()))

    with running(*words) as up:
        said_until(up, "worker started")
        stopped(up, signal.SIGINT)
    with running(*words) as up:
        second = said_until(up, "Stop it:")
        stopped(up, signal.SIGINT)
    with running(*words) as up:
        third = said_until(up, "Stop it:")
        stopped(up, signal.SIGINT)

    assert "5 invented cases to begin with" in second
    assert "amends users reset-password LOGIN" in second
    assert "The passwords are shown" not in second
    assert "invented cases" not in third


def test_a_start_that_is_broken_off_while_passwords_are_made_still_tells_them(tmp_path):
    with running("up", "--home", str(tmp_path), "--port", str(free_port())) as up:
        said_until(up, "broker started")
        _, said = stopped(up, signal.SIGINT)

    assert "The passwords are shown this once" in said


def test_a_demo_that_is_broken_off_has_no_answer_and_says_so(tmp_path):
    with running("demo", "--referrals", "20", "--json", "--home", str(tmp_path)) as demo:
        said_until(demo, "portal started")
        status, said = stopped(demo, signal.SIGTERM)

    assert status == 130, said
    assert "Traceback" not in said
    assert not list((tmp_path / "demo" / "run").glob("*.pid"))
