"""A database for the connected tests: the embedded PostgreSQL always, Debian's 15 where it is installed."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.local.home import Home
from deploy.local.postgres import start_postgres
from deploy.local.postgres_roles import ROLES, ensure_database
from deploy.local.postgres_settings import debian_binaries, embedded_binaries
from workflow.store.migrate import migrate

PASSWORDS = {role: f"invented-{role}" for role in ROLES}


@dataclass(frozen=True)
class Database:
    """The addresses of one migrated database, a role each."""

    superuser: str
    owner: str
    worker: str
    portal: str
    auditor: str


async def _database(server, name):
    await ensure_database(server, name, PASSWORDS)
    owner, worker, portal, auditor = (server.dsn(role, PASSWORDS[role], name) for role in ROLES)
    superuser = urlsplit(server.superuser_dsn)._replace(path=f"/{name}").geturl()
    return Database(superuser=superuser, owner=owner, worker=worker, portal=portal, auditor=auditor)


@pytest.fixture(scope="session", params=["embedded", "debian"])
async def server(request):
    binaries = embedded_binaries() if request.param == "embedded" else debian_binaries()
    if binaries is None:
        pytest.skip("Debian's PostgreSQL 15 is not installed here")
    # pytest's own folders are closed to the user PostgreSQL runs as, so the home lies elsewhere.
    folder = Path(tempfile.mkdtemp(prefix="amends-store-"))
    folder.chmod(0o755)
    home = Home(folder / "home")
    running = await start_postgres(data_dir=home.postgres, binaries=binaries, log_path=home.log("postgres"))
    yield running
    await running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def database(server):
    made = await _database(server, "amends")
    await migrate(made.owner)
    return made


@pytest.fixture
async def empty_database(database):
    """The one database, emptied: making a new one for each test would take a second each."""
    connection = await asyncpg.connect(database.superuser)
    tables = await connection.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
        "WHERE schemaname IN ('public', 'vault', 'keyring') AND tablename <> 'alembic_version'"
    )
    await connection.execute(f"TRUNCATE {', '.join(row['name'] for row in tables)}")
    await connection.close()
    return database


async def _pool(dsn, size):
    return await asyncpg.create_pool(dsn, min_size=1, max_size=size)


@pytest.fixture
async def worker_pool(empty_database):
    pool = await _pool(empty_database.worker, 8)
    yield pool
    await pool.close()


@pytest.fixture
async def portal_pool(empty_database):
    """One connection, so that what one request leaves behind the next would find."""
    pool = await _pool(empty_database.portal, 1)
    yield pool
    await pool.close()


@pytest.fixture
async def auditor(empty_database):
    connection = await asyncpg.connect(empty_database.auditor)
    yield connection
    await connection.close()
