"""Bring a database's schema to what the code knows, and say where it stands."""

from pathlib import Path

import asyncpg
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

FOLDER = Path(__file__).parent / "migrations"
# Two migrations at once must not both begin.
LOCK = 7_264_302
MOST_TRIES = 10
DEADLOCK = "40P01"


class NewerSchemaError(Exception):
    """The database was migrated by a newer version of the code: this one must not touch it."""

    def __init__(self, found: str) -> None:
        """Name the version that was found."""
        super().__init__(f"The database schema {found} is newer than this version of Amends knows. Upgrade the code.")
        self.found = found


async def migrate(dsn: str) -> None:
    """Migrate as `amends_owner` to the newest known schema. May be called again. Raises NewerSchemaError."""
    engine = _engine(dsn)
    try:
        await _migrated(engine)
    finally:
        await engine.dispose()


async def schema_version(dsn: str) -> str | None:
    """Return the schema's version, None for an empty database. Raises NewerSchemaError."""
    engine = _engine(dsn)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_found)
    finally:
        await engine.dispose()


def newest_version() -> str | None:
    """Return the version that the code brings."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def run_sql(file: Path) -> None:
    """Run a file of a migration under way; statements are parted by blank lines, since the driver takes one a time."""
    for part in file.read_text(encoding="utf-8").split("\n\n"):
        if any(line and not line.startswith("--") for line in part.strip().splitlines()):
            op.get_bind().exec_driver_sql(part.strip())


async def _migrated(engine: AsyncEngine) -> None:
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            async with engine.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                await connection.run_sync(_upgrade)
        except DBAPIError as error:
            # Workers that go on meanwhile lock the same tables in an order of their own; nothing was kept.
            if getattr(error.orig, "sqlstate", None) != DEADLOCK or not tries_left:
                raise
        else:
            return


def _upgrade(connection: Connection) -> None:
    _found(connection)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _found(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise NewerSchemaError(found)
    return found


def _engine(dsn: str) -> AsyncEngine:
    # asyncpg alone reads the address: SQLAlchemy would take some of what it allows, and not all.
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn, timeout=10), poolclass=NullPool
    )
