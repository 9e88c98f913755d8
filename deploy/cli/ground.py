"""What a command stands on: the settings, or the stack that runs in the home, and a pool on its database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import asyncpg
from pydantic import SecretStr

from deploy.bootstrap import WORKER_ROLE, master_keys
from deploy.cli.home import settings_named
from deploy.cli.interrupting import until_interrupted
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.secret_keys import FILE, master_key
from deploy.settings import Settings, database_setting
from deploy.stack.database import EmbeddedDatabase, check_answers
from deploy.stack.holding import HomeLock, Note
from streams.settings import StreamSettings
from workflow.schemes import packaged_schemes
from workflow.store.key_check import key_fits
from workflow.store.keys import KeyedIds
from workflow.store.migrate import schema_version

T = TypeVar("T")
WRONG_KEY = (
    "The master key does not open what this database keeps sealed. Set AMENDS_MASTER_KEY to the key under which it was "
    "begun, or name the database that belongs to this key."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Settings with addresses in them, and a pool as `amends_worker`."""

    settings: Settings
    pool: asyncpg.Pool

    @property
    def ids(self) -> KeyedIds:
        """Return the maker of ids."""
        return KeyedIds(master_keys(self.settings))

    async def key_fits(self) -> bool:
        """Return whether the master key, if there is one, opens what is sealed."""
        return not has_key(self.settings) or await fits(self.pool, self.settings)

    @property
    def streams(self) -> StreamSettings:
        """Return the settings of the streams."""
        return streams_of(self.settings)


def streams_of(settings: Settings) -> StreamSettings:
    """Return the settings of the streams; LocalStackError when no broker is named."""
    if settings.kafka is None:
        raise LocalStackError(
            f"No broker is named. Set AMENDS_KAFKA__BOOTSTRAP, or start `amends up` in {settings.home}."
        )
    return settings.streams()


def dsn_of(settings: Settings, role: str) -> str:
    """Return the database's address for a role; LocalStackError when none is named."""
    if role not in settings.database:
        raise LocalStackError(
            f"No database is named for {role}. Set {database_setting(role)}, or start `amends up` in {settings.home}. "
            "If it runs elsewhere, say where with --home or AMENDS_HOME."
        )
    return settings.dsn(role)


def settled() -> Settings:
    """Return the settings; where they name no database, those of the stack that runs in the home, if one does."""
    settings = settings_named()
    home = Home(settings.home)
    if settings.database or not HomeLock.held(home):
        return settings
    return Note.of(home).read() or settings


def on_database(work: Callable[[Ground], Awaitable[T]], *, with_any_key: bool = False) -> T:
    """Do a piece of work on the database and return what it returns; a master key that does not fit is refused."""

    async def run() -> T:
        async with ground() as found:
            if not (with_any_key or await found.key_fits()):
                raise LocalStackError(WRONG_KEY)
            return await work(found)

    return until_interrupted(run())


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Yield what a command stands on; an embedded database that does not run is started for as long."""
    settings = settled()
    async with _database(settings) as settings:
        dsn = dsn_of(settings, WORKER_ROLE)
        await check_answers(dsn, WORKER_ROLE)
        await check_schema(dsn)
        async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
            yield Ground(settings=settings, pool=pool)


def has_key(settings: Settings) -> bool:
    """Return whether settings or home hold a master key; it is not drawn here."""
    return settings.master_key is not None or (Home(settings.home).secrets / FILE).exists()


async def fits(pool: asyncpg.Pool, settings: Settings) -> bool:
    """Return whether the master key opens what the database keeps sealed."""
    async with pool.acquire() as connection:
        return await key_fits(connection, master_keys(settings), packaged_schemes())


async def check_key(dsn: str, settings: Settings) -> None:
    """Raise LocalStackError for a master key under which nothing of this database would open."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        if not await fits(pool, settings):
            raise LocalStackError(WRONG_KEY)


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
