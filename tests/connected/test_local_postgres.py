import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest

from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.pid_files import send_signal, stop_leftovers
from deploy.local.postgres import start_postgres
from deploy.local.postgres_roles import ROLES, ensure_database
from deploy.local.postgres_settings import debian_binaries, embedded_binaries
from deploy.local.process_table import identity

pytestmark = pytest.mark.connected

PASSWORDS = {role: f"a'pass%word/of {role}" for role in ROLES}


@pytest.fixture
def home():
    """pytest's own folders are closed to the user PostgreSQL runs as, so the home lies elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="amends-test-"))
    folder.chmod(0o755)
    yield Home(folder / "home")
    shutil.rmtree(folder)


async def start(home, binaries=None):
    return await start_postgres(
        data_dir=home.postgres, binaries=binaries or embedded_binaries(), log_path=home.log("postgres")
    )


async def ask(dsn, question, *arguments):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question, *arguments)
    finally:
        await connection.close()


@pytest.fixture(params=["embedded", "debian"])
def binaries(request):
    found = embedded_binaries() if request.param == "embedded" else debian_binaries()
    if found is None:
        pytest.skip("Debian's PostgreSQL 15 is not installed here")
    return found


async def test_every_role_of_ours_signs_in_with_its_password_and_none_is_superuser(home, binaries):
    server = await start(home, binaries)

    try:
        await ensure_database(server, "amends", PASSWORDS)
        await ensure_database(server, "amends", PASSWORDS)
        privileged = "SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        rights = [await ask(server.dsn(role, PASSWORDS[role], "amends"), privileged) for role in ROLES]
        owner = await ask(
            server.superuser_dsn, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'amends'"
        )
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(server.dsn("amends_portal", "wrong", "amends"), "SELECT 1")
    finally:
        await server.stop()

    assert rights == [False] * len(ROLES)
    assert owner == "amends_owner"


async def test_what_was_committed_before_a_kill_is_there_after_the_restart_on_the_same_port(home):
    server = await start(home)

    try:
        port = server.port
        await ask(server.superuser_dsn, "CREATE TABLE kept (n int)")
        await ask(server.superuser_dsn, "INSERT INTO kept VALUES (7)")
        await server.kill()
        assert not server.running
        await server.restart()
        kept = await ask(server.superuser_dsn, "SELECT n FROM kept")
    finally:
        await server.stop()

    assert kept == 7
    assert server.port == port


async def test_backends_that_outlive_a_killed_server_end_before_the_next_one_starts(home):
    server = await start(home)
    busy = await asyncpg.connect(server.superuser_dsn)
    backend = busy.get_server_pid()
    working = asyncio.ensure_future(busy.execute("SELECT count(*) FROM generate_series(1, 1000000000000)"))

    try:
        os.kill(server.pid, signal.SIGKILL)
        await server.restart()
        answer = await ask(server.superuser_dsn, "SELECT 1")
        outlived = identity(backend)
    finally:
        await server.stop()
        send_signal(backend, signal.SIGKILL)
        busy.terminate()
        await asyncio.gather(working, return_exceptions=True)

    assert answer == 1
    assert outlived is None


async def test_a_second_start_takes_over_the_data_of_the_first(home):
    first = await start(home)
    await ask(first.superuser_dsn, "CREATE TABLE kept (n int)")
    await first.stop()

    second = await start(home)
    try:
        found = await ask(second.superuser_dsn, "SELECT to_regclass('kept')::text")
    finally:
        await second.stop()

    assert found == "kept"


async def test_data_in_use_is_not_opened_a_second_time(home):
    server = await start(home)

    try:
        with pytest.raises(LocalStackError, match="already runs"):
            await start(home)
    finally:
        await server.stop()


async def test_data_whose_password_was_lost_is_an_error_that_says_so(home):
    server = await start(home)
    await server.stop()
    (home.secrets / "postgres-superuser").write_text("00" * 32)

    with pytest.raises(LocalStackError, match="does not open"):
        await start(home)

    assert await stop_leftovers(home) == ()


async def test_row_values_and_parameters_stay_out_of_the_log(home):
    server = await start(home)

    try:
        await ask(server.superuser_dsn, "CREATE TABLE people (name text PRIMARY KEY, age int CHECK (age > 0))")
        for name, age in (("Canary Quillfeather", 3), ("Canary Quillfeather", 4), ("Canary Marlowe", -1)):
            try:
                await ask(server.superuser_dsn, "INSERT INTO people VALUES ($1, $2)", name, age)
            except asyncpg.IntegrityConstraintViolationError:
                continue
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await ask(server.superuser_dsn, "SELECT 'Canary Quillfeather' FROM FROM")
    finally:
        await server.stop()

    log = server.log_path.read_text()
    assert "violates" in log
    assert "Canary" not in log


async def test_every_commit_is_durable(home):
    server = await start(home)

    try:
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        values = [await ask(server.superuser_dsn, "SELECT current_setting($1)", name) for name in names]
        trusted = await ask(
            server.superuser_dsn, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
        )
    finally:
        await server.stop()

    assert values == ["on"] * len(names)
    assert trusted == 0


def copy_of_the_wheel(site):
    binaries = embedded_binaries()
    package = binaries.parents[1]
    for tree in (binaries.parent, package.with_name(f"{package.name}.libs")):
        shutil.copytree(tree, site / tree.relative_to(package.parent), symlinks=True)
    return site / binaries.relative_to(package.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")
async def test_as_root_it_runs_as_another_user_even_below_a_closed_folder(home):
    home.path.parent.chmod(0o700)
    binaries = await asyncio.to_thread(copy_of_the_wheel, home.path.parent / "site")
    server = await start(home, binaries)

    try:
        user = (await asyncio.to_thread(Path(f"/proc/{server.pid}").stat)).st_uid
        answer = await ask(server.superuser_dsn, "SELECT 1")
    finally:
        await server.stop()
        shutil.rmtree(server.data_dir.parent)

    assert answer == 1
    assert user != 0
    assert home.secrets.stat().st_mode & 0o777 == 0o700


STARTER = """
import asyncio, os, signal, sys
from pathlib import Path
from deploy.local.home import Home
from deploy.local.postgres import start_postgres
from deploy.local.postgres_settings import embedded_binaries

home = Home(Path(sys.argv[1]))
start = start_postgres(data_dir=home.postgres, binaries=embedded_binaries(), log_path=home.log("postgres"))
asyncio.run(start)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_what_a_killed_start_left_running_is_stopped_by_the_next_one(home):
    await asyncio.to_thread(subprocess.run, (sys.executable, "-c", STARTER, str(home.path)), check=False)
    with pytest.raises(LocalStackError, match="already runs"):
        await start(home)

    stopped = await stop_leftovers(home)

    assert stopped == ("PostgreSQL",)
    assert await stop_leftovers(home) == ()
    server = await start(home)
    await server.stop()
