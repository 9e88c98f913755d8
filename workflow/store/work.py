"""SqlWork: one transaction. It reads, and keeps a batch whole or not at all."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import asyncpg
from asyncpg.transaction import Transaction

from workflow.ports import Batch
from workflow.store.claims import keep_claims
from workflow.store.failures import LOST, kept_nothing, perhaps_kept
from workflow.store.keeping import (
    keep_messages,
    keep_outcomes,
    keep_records,
    keep_timers,
    move_position,
    wake_others,
)
from workflow.store.parking import keep_parked
from workflow.store.quarantine import keep_quarantined
from workflow.store.reading import CaseReading, PlaceReading
from workflow.store.sealing import Sealer
from workflow.store.searching import Searches
from workflow.store.vault import VaultAccess
from workflow.store.writing import check_batch, keep_cases


class SqlWork(CaseReading, PlaceReading, VaultAccess):
    """One open transaction on one connection."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        transaction: Transaction,
        sealer: Sealer,
        now: datetime,
        *,
        fail_at: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._transaction = transaction
        self._sealer = sealer
        self._now = now
        self._registers, self._stands = {}, {}
        self._sites, self._open_slots, self._staff, self._apart = {}, {}, {}, {}
        self._waiting, self._searches, self._known = {}, Searches(), {}
        self._fail_at = fail_at
        self.open = True

    async def now(self) -> datetime:
        """Return the transaction's instant, in UTC; the demo clock's where one is set."""
        return self._now

    async def keep(self, *batches: Batch) -> None:
        """Keep the batches and commit, or raise and keep nothing; either way this work is over."""
        for batch in batches:
            check_batch(batch)
        try:
            async with kept_nothing():
                for batch in batches:
                    await move_position(self._connection, batch.position)
                await self.write_seals()
                for batch in batches:
                    await self._write(batch)
        except BaseException:
            await self.leave()
            raise
        self.open = False
        async with perhaps_kept():
            # The loop's next turn comes when COMMIT was sent, and before its answer can be read.
            asyncio.get_running_loop().call_soon(self._fail_at, "after_sql")
            await self._transaction.commit()

    async def leave(self) -> None:
        """Give up what was not kept. May be called again."""
        if not self.open:
            return
        self.open = False
        with suppress(*LOST):  # a lost connection has rolled back already
            await self._transaction.rollback()

    async def _write(self, batch: Batch) -> None:
        connection, now = self._connection, self._now
        await keep_cases(connection, batch, now)
        await keep_claims(connection, batch.tenant, batch.cases)
        await keep_timers(connection, batch, now)
        await keep_messages(connection, batch, now)
        await keep_records(connection, batch.tenant, batch.outward)
        await keep_outcomes(connection, batch.tenant, batch.cases)
        await keep_quarantined(connection, self._sealer, batch.quarantined, now)
        await keep_parked(connection, batch.tenant, batch.parked, now)
        await wake_others(connection, batch)
