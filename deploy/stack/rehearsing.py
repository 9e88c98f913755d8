"""Rehearsals on the real store: a PostgreSQL for as long as they take, and a new database for each scenario."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from deploy.local.home import Home
from deploy.local.postgres import PostgresServer, start_postgres
from deploy.local.postgres_roles import OWNER, ROLES, ensure_database
from deploy.local.postgres_settings import embedded_binaries
from deploy.rehearse.ground import DueTimer, Reference
from workflow.ports import IdSource, Outward, Store
from workflow.store.keys import KEY_BYTES, KeyedIds, MasterKeys
from workflow.store.migrate import migrate
from workflow.store.outbox import outward_of
from workflow.store.reference import Reference as Register
from workflow.store.rows import SHARDS
from workflow.store.sql_store import SqlStore
from workflow.store.timers import SqlTimers

WORKER_ROLE = "amends_worker"
# Everybody in a rehearsal is invented and the database is thrown away: one key, so that ids are the same each time.
KEYS = MasterKeys(bytes(KEY_BYTES))
MOST_TIMERS = 10_000
_OUTWARD = "SELECT * FROM outward_records WHERE tenant = $1 ORDER BY case_id, sequence, part"
_SET_CLOCK = "INSERT INTO demo_clock (one, at) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET at = excluded.at"


class SqlGround:
    """The Ground of a rehearsal over an empty database, whose clock is the row that demos use too."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._timers = SqlTimers(pool)
        self.store: Store = SqlStore(pool, KEYS)
        self.ids: IdSource = KeyedIds(KEYS)

    async def fill(self, tenant: str, reference: Reference) -> None:
        """Put the reference data in."""
        register = Register(self._pool)
        await register.put_organisations(reference.organisations, await self._now())
        await register.put_sites(tenant, reference.sites)
        await register.put_slots(tenant, reference.slots)
        await register.put_caseworkers(tenant, reference.caseworkers)

    async def set_clock(self, now: datetime) -> None:
        """Set the time that every later transaction tells."""
        await self._pool.execute(_SET_CLOCK, now)

    async def due(self, tenant: str, until: datetime) -> Sequence[DueTimer]:
        """Return the timers due up to `until`, soonest first, then by case and name."""
        found = [one for one in await self._timers.due(range(SHARDS), until, MOST_TIMERS) if one.tenant == tenant]
        found.sort(key=lambda one: (one.due_at, str(one.timer.case_id), one.timer.name))
        return [DueTimer(fired=one.timer, due_at=one.due_at, command=one.command) for one in found]

    async def outward(self, tenant: str) -> Sequence[tuple[UUID, Outward]]:
        """Return every notice kept so far with its case, in (case, sequence, part) order; no case events."""
        return [(row["case_id"], outward_of(row)) for row in await self._pool.fetch(_OUTWARD, tenant)]

    async def _now(self) -> datetime:
        at: datetime = await self._pool.fetchval("SELECT coalesce((SELECT at FROM demo_clock), now())")
        return at


@asynccontextmanager
async def rehearsal_server() -> AsyncIterator[PostgresServer]:
    """Yield a server of its own, and remove all that is left of it."""
    with tempfile.TemporaryDirectory(prefix="amends-rehearsal-") as folder:
        home = Home(_passable(Path(folder)) / "home")
        server = await start_postgres(
            data_dir=home.postgres, binaries=embedded_binaries(), log_path=home.log("postgres")
        )
        try:
            yield server
        finally:
            await server.stop()


def _passable(folder: Path) -> Path:
    """Let others pass, without seeing what lies there: PostgreSQL does not run as root, but as somebody else."""
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def rehearsal_ground(server: PostgresServer, name: str) -> AsyncIterator[SqlGround]:
    """Yield empty ground: a database of its own on the server."""
    passwords = dict.fromkeys(ROLES, "rehearsal")
    await ensure_database(server, name, passwords)
    await migrate(server.dsn(OWNER, passwords[OWNER], name))
    dsn = server.dsn(WORKER_ROLE, passwords[WORKER_ROLE], name)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        yield SqlGround(pool)
