"""Releases of outcomes: what changed in a period, in token order, so that order tells nobody whose case moved."""

from collections.abc import Callable
from datetime import datetime

import asyncpg

from workflow.ports import OutcomeRow, Outward
from workflow.store.failures import perhaps_kept
from workflow.store.keeping import keep_records
from workflow.store.waking import Wake, wake

# From a row and the number of its release to the record that evaluators read; key: the token.
Publishing = Callable[[OutcomeRow, int], Outward]
_OPEN = """
INSERT INTO outcome_releases (tenant, study, period, rows, at) VALUES ($1, $2, $3, 0, $4)
ON CONFLICT DO NOTHING RETURNING (SELECT count(*) FROM outcome_releases WHERE tenant = $1 AND study = $2) + 1
"""
_DIRTY = """
SELECT token, value FROM outcome_rows WHERE tenant = $1 AND study = $2 AND dirty ORDER BY token FOR UPDATE
"""
_CLEAN = """
UPDATE outcome_rows SET dirty = false, released = $4 WHERE tenant = $1 AND study = $2 AND token = ANY($3::uuid[])
"""


class SqlOutcomes:
    """Releases the rows of a study, a period at a time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def waiting(self, tenant: str, study: str) -> int:
        """Return how many rows changed since their last release."""
        found: int = await self._pool.fetchval(
            "SELECT count(*) FROM outcome_rows WHERE tenant = $1 AND study = $2 AND dirty", tenant, study
        )
        return found

    async def release(self, tenant: str, study: str, period: str, publishing: Publishing, now: datetime) -> int:
        """Release what changed as records in the outbox, in one transaction; a period is released once.

        Return how many rows it held, 0 for a period that was released before. Raises AmbiguousCommitError.
        """
        async with perhaps_kept(), self._pool.acquire() as connection, connection.transaction():
            number = await connection.fetchval(_OPEN, tenant, study, period, now)
            if number is None:
                return 0
            rows = await connection.fetch(_DIRTY, tenant, study)
            changed = [OutcomeRow(study=study, token=row["token"], value=row["value"]) for row in rows]
            await keep_records(connection, tenant, [publishing(row, number) for row in changed])
            await connection.execute(_CLEAN, tenant, study, [row.token for row in changed], number)
            await connection.execute(
                "UPDATE outcome_releases SET rows = $4 WHERE tenant = $1 AND study = $2 AND period = $3",
                *(tenant, study, period, len(changed)),
            )
            await wake(connection, Wake.RECORDS)
            return len(changed)
