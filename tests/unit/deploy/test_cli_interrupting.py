"""Ctrl-C stops what was begun, in order; a second one does not break that off."""

import signal
import subprocess
import sys
import threading

import pytest

DEADLINE_S = 90
PROGRAM = """
import asyncio, click, sys
import deploy.cli
from deploy.cli.interrupting import until_interrupted

async def work():
    try:
        print("working", flush=True)
        await asyncio.Event().wait()
    finally:
        print("putting away", flush=True)
        while sys.stdin.readline() != "go on\\n":
            pass
        await asyncio.sleep(0)
        print("put away", flush=True)
    return 0

@click.command()
def demo():
    return until_interrupted(work())

deploy.cli.amends.add_command(demo, "demo")
deploy.cli.main(["demo"])
"""


@pytest.fixture
def program():
    """The command line with a demo that takes its time to stop; killed if it hangs."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    timer = threading.Timer(DEADLINE_S, process.kill)
    timer.start()
    yield process
    timer.cancel()
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_ctrl_c_waits_until_everything_is_put_away(program, number):
    assert program.stdout.readline() == "working\n"
    program.send_signal(number)
    assert program.stdout.readline() == "putting away\n"
    program.send_signal(number)

    out, err = program.communicate("go on\n", timeout=DEADLINE_S)

    assert out == "put away\n"
    assert program.returncode == 130
    assert err.split("\n")[1:] == ["Stopping ...", "Stopped.", ""]
