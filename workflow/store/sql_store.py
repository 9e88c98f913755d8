"""SqlStore: state, history, outbox, timers and the vault, kept together in PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
from asyncpg.transaction import Transaction

from workflow.ports import Clock
from workflow.store.failures import kept_nothing
from workflow.store.keys import MasterKeys
from workflow.store.sealing import Sealer
from workflow.store.work import SqlWork

# The engine decides for a whole scheme; who may see what of the answer is the disclosure rules' matter.
ENGINE = "*"
_ENTER = """
SELECT set_config('app.tenant', $1, true), set_config('app.organisation', $2, true),
       coalesce((SELECT at FROM demo_clock), now()) AS now
"""


class SqlClock:
    """The Clock of production: the database's, or the demo clock where one is set."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def now(self) -> datetime:
        """Return an aware instant in UTC."""
        async with kept_nothing():
            at: datetime = await self._pool.fetchval("SELECT coalesce((SELECT at FROM demo_clock), clock_timestamp())")
        return at


class SqlStore:
    """The Store of production; `clock`, when given, is asked instead of the database; `fail_at` is for tests only."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        keys: MasterKeys,
        clock: Clock | None = None,
        *,
        fail_at: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.pool = pool
        self._sealer = Sealer(keys)
        self._clock = clock
        self._fail_at = fail_at

    @asynccontextmanager
    async def work(self, tenant: str) -> AsyncIterator[SqlWork]:
        """Open one transaction for one tenant; leaving without `keep` changes nothing."""
        async with self._transaction(tenant, ENGINE) as (connection, transaction, at):
            now = await self._clock.now() if self._clock else at
            work = SqlWork(connection, transaction, self._sealer, now, fail_at=self._fail_at)
            try:
                async with kept_nothing():
                    yield work
            finally:
                await work.leave()

    @asynccontextmanager
    async def _transaction(
        self, tenant: str, organisation: str
    ) -> AsyncIterator[tuple[asyncpg.Connection, Transaction, datetime]]:
        async with kept_nothing():
            connection = await self.pool.acquire()
        try:
            async with kept_nothing():
                transaction = connection.transaction()
                await transaction.start()
                row = await connection.fetchrow(_ENTER, tenant, organisation)
            yield connection, transaction, row["now"]
        finally:
            await self.pool.release(connection)
