"""What a command stands on: the settings, or the stack that runs in the home, and a pool on its database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import asyncpg
from pydantic import SecretStr

from deploy.bootstrap import WORKER_ROLE, master_keys
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.settings import Settings
from deploy.stack.database import EmbeddedDatabase, check_answers
from deploy.stack.holding import HomeLock, Note
from deploy.stack.secret_keys import master_key
from streams.settings import StreamSettings
from workflow.store.keys import KeyedIds
from workflow.store.migrate import schema_version

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Settings with addresses in them, and a pool as `amends_worker`."""

    settings: Settings
    pool: asyncpg.Pool

    @property
    def ids(self) -> KeyedIds:
        """Return the maker of ids."""
        return KeyedIds(master_keys(self.settings))

    @property
    def streams(self) -> StreamSettings:
        """Return the settings of the streams."""
        return streams_of(self.settings)


def streams_of(settings: Settings) -> StreamSettings:
    """Return the settings of the streams; LocalStackError when no broker is named."""
    if settings.kafka is None:
        raise LocalStackError("No broker is named. Set AMENDS_KAFKA__BOOTSTRAP, or start `amends up` in this home.")
    return settings.streams()


def dsn_of(settings: Settings, role: str) -> str:
    """Return the database's address for a role; LocalStackError when none is named."""
    if role not in settings.database:
        raise LocalStackError(
            f"No database is named for {role}. Set AMENDS_DATABASE__{role.upper()}, or start `amends up` in this home."
        )
    return settings.dsn(role)


def settled() -> Settings:
    """Return the settings; where they name no database, those of the stack that runs in the home, if one does."""
    settings = Settings()
    home = Home(settings.home)
    if settings.database or not HomeLock.held(home):
        return settings
    return Note.of(home).read() or settings


def on_database(work: Callable[[Ground], Awaitable[T]]) -> T:
    """Do a piece of work on the database and return what it returns."""

    async def run() -> T:
        async with ground() as found:
            return await work(found)

    return asyncio.run(run())


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Yield what a command stands on; an embedded database that does not run is started for as long."""
    settings = settled()
    async with _database(settings) as settings:
        dsn = dsn_of(settings, WORKER_ROLE)
        await check_answers(dsn)
        await check_schema(dsn)
        async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
            yield Ground(settings=settings, pool=pool)


async def check_schema(dsn: str) -> None:
    """Raise NewerSchemaError for a schema of a newer version, LocalStackError where there is none."""
    if await schema_version(dsn) is None:
        raise LocalStackError("The database is empty. Run `amends migrate` first.")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Settings]:
    """Yield settings that name a database, if there is one to name."""
    home = Home(settings.home)
    if settings.database or not home.postgres.exists():
        yield settings
        return
    lock, embedded = HomeLock(home), EmbeddedDatabase(home)
    lock.take()
    try:
        await embedded.start()
        yield settings.model_copy(
            update={"database": dict(embedded.dsns()), "master_key": SecretStr(master_key(settings, home).hex())}
        )
    finally:
        await embedded.stop()
        lock.release()
