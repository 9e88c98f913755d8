import asyncio
import socket
import stat

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.pid_files import PidFile, stop_leftovers
from deploy.local.ports import HOST, claim_port, free_port
from deploy.local.process_table import identity
from deploy.local.processes import ChildProcess, Launch

pytestmark = pytest.mark.connected

TERM_IGNORED = "trap '' TERM; sleep 600 & echo ready; wait; wait"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def a_launch(home, *argv):
    return Launch(
        name="sleeper", argv=argv, folder=home.path, log_path=home.log("sleeper"), pid_path=home.run / "sleeper.pid"
    )


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.ensure()
    return made


def test_a_secret_is_drawn_once_and_read_by_its_owner_alone(home):
    first = home.secret("master-key", 32)

    again = Home(home.path).secret("master-key", 32)

    assert first == again
    assert len(first) == 32
    assert first != home.secret("signing-key", 32)
    assert mode(home.secrets / "master-key") == 0o600
    assert {mode(folder) for folder in (home.path, home.secrets, home.run, home.logs)} == {0o700}


def test_a_secret_of_another_length_is_refused_and_not_drawn_again(home):
    home.secret("master-key", 16)

    with pytest.raises(LocalStackError, match="not 32 bytes"):
        home.secret("master-key", 32)


@pytest.mark.parametrize("name", ["../outside", "", ".hidden", "a/b"])
def test_a_secret_cannot_be_named_out_of_its_folder(home, name):
    with pytest.raises(ValueError, match="no name"):
        home.secret(name)


def test_free_ports_differ_and_a_busy_one_is_refused():
    ports = {free_port() for _ in range(20)}

    with socket.socket() as busy:
        busy.bind((HOST, 0))
        busy.listen()
        with pytest.raises(LocalStackError, match="in use"):
            claim_port(busy.getsockname()[1], "the test")

    assert len(ports) == 20


async def test_a_process_that_ignores_the_request_to_stop_is_killed_with_its_children(home):
    child = ChildProcess.start(a_launch(home, "/bin/sh", "-c", TERM_IGNORED))

    async def said_ready():
        return "ready" in child.launch.log_path.read_text()

    await child.wait_ready(said_ready, seconds=5)
    await child.stop(grace=0.1)

    assert not child.running
    assert not child.launch.pid_path.exists()


async def test_a_process_that_never_gets_ready_is_an_error_and_does_not_stay(home):
    child = ChildProcess.start(a_launch(home, "/bin/sleep", "600"))

    async def never():
        return False

    with pytest.raises(LocalStackError, match="did not answer"):
        await child.wait_ready(never, seconds=0.1)

    assert not child.running


async def test_a_start_that_is_broken_off_leaves_no_process(home):
    child = ChildProcess.start(a_launch(home, "/bin/sleep", "600"))
    asked = asyncio.Event()

    async def never():
        asked.set()
        return False

    waiting = asyncio.ensure_future(child.wait_ready(never, seconds=60))
    await asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert not child.running
    assert not child.launch.pid_path.exists()


async def test_a_leftover_is_stopped_but_never_another_process_with_its_number(home):
    left = ChildProcess.start(a_launch(home, "/bin/sleep", "600"))
    bystander = ChildProcess.start(a_launch(home, "/bin/sleep", "600"))
    PidFile.read(home.run / "sleeper.pid").write(home.run / "other.pid")
    for path, pid, known in (
        ("other.pid", left.pid, identity(left.pid)),
        ("sleeper.pid", bystander.pid, "an earlier life"),
    ):
        PidFile(name=path, pid=pid, identity=known, stop_signal=15).write(home.run / path)

    stopped = await stop_leftovers(home)

    assert stopped == ("other.pid",)
    assert not left.running
    assert bystander.running
    assert list(home.run.iterdir()) == []
    await bystander.kill()
    await left.stop()


async def test_an_unreadable_process_file_is_removed(home):
    (home.run / "torn.pid").write_text('{"pid": 1')

    assert await stop_leftovers(home) == ()
    assert list(home.run.iterdir()) == []
