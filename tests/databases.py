"""Databases for tests: the embedded PostgreSQL always, Debian's 15 where it is installed. A conftest imports these."""

import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.local.home import Home
from deploy.local.postgres import start_postgres
from deploy.local.postgres_roles import ROLES, ensure_database
from deploy.local.postgres_settings import debian_binaries, embedded_binaries
from workflow.store.keys import MasterKeys
from workflow.store.migrate import migrate
from workflow.store.sql_store import SqlStore

PASSWORDS = {role: f"invented-{role}" for role in ROLES}
KEYS = MasterKeys(bytes(range(32)))
INSTALLATIONS = ("embedded", "debian")


@dataclass(frozen=True)
class Database:
    """The addresses of one migrated database, a role each."""

    superuser: str
    owner: str
    worker: str
    portal: str
    auditor: str


@asynccontextmanager
async def running_server(binaries):
    """A server with one migrated database; yields both."""
    if binaries is None:
        pytest.skip("Debian's PostgreSQL 15 is not installed here")
    # pytest's own folders are closed to the user PostgreSQL runs as, so the home lies elsewhere.
    folder = Path(tempfile.mkdtemp(prefix="amends-store-"))
    folder.chmod(0o755)
    home = Home(folder / "home")
    server = await start_postgres(data_dir=home.postgres, binaries=binaries, log_path=home.log("postgres"))
    try:
        yield server, await migrated(server, "amends")
    finally:
        await server.stop()
        shutil.rmtree(folder)


@asynccontextmanager
async def running_database(binaries):
    async with running_server(binaries) as (_, database):
        yield database


async def migrated(server, name):
    """Make a database of this name with all roles and the newest schema."""
    await ensure_database(server, name, PASSWORDS)
    owner, worker, portal, auditor = (server.dsn(role, PASSWORDS[role], name) for role in ROLES)
    superuser = urlsplit(server.superuser_dsn)._replace(path=f"/{name}").geturl()
    await migrate(owner)
    return Database(superuser=superuser, owner=owner, worker=worker, portal=portal, auditor=auditor)


@pytest.fixture(scope="session")
async def embedded_database():
    async with running_database(embedded_binaries()) as made:
        yield made


@pytest.fixture(scope="session")
async def debian_database():
    async with running_database(debian_binaries()) as made:
        yield made


@pytest.fixture(scope="session", params=INSTALLATIONS)
def database(request):
    return request.getfixturevalue(f"{request.param}_database")


async def emptied(database):
    """The one database, emptied: making a new one for each test would take a second each."""
    connection = await asyncpg.connect(database.superuser)
    tables = await connection.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
        "WHERE schemaname IN ('public', 'vault', 'keyring') AND tablename <> 'alembic_version'"
    )
    await connection.execute(f"TRUNCATE {', '.join(row['name'] for row in tables)}")
    await connection.close()
    return database


@asynccontextmanager
async def pooled(dsn, size=8):
    """Connections of one role."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=size)
    yield pool
    await pool.close()


@pytest.fixture
async def empty_database(database):
    return await emptied(database)


@pytest.fixture
async def worker_pool(empty_database):
    async with pooled(empty_database.worker) as pool:
        yield pool


@pytest.fixture
async def portal_pool(empty_database):
    """One connection, so that what one request leaves behind the next would find."""
    async with pooled(empty_database.portal, 1) as pool:
        yield pool


@pytest.fixture
def store(worker_pool):
    return SqlStore(worker_pool, KEYS)


@pytest.fixture
async def auditor(empty_database):
    connection = await asyncpg.connect(empty_database.auditor)
    yield connection
    await connection.close()
