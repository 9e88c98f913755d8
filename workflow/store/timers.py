"""Due timers, as the timekeeper asks for them."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg

from workflow.ports import DueTimer, FiredTimer
from workflow.store.failures import kept_nothing
from workflow.store.rows import command_of

log = logging.getLogger(__name__)

_WAITING = "NOT EXISTS (SELECT 1 FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)"
_DUE = f"""
SELECT t.* FROM timers t WHERE t.shard = ANY($1::int[]) AND t.due_at <= $2 AND {_WAITING}
ORDER BY t.due_at, t.case_id, t.name LIMIT $3
"""  # noqa: S608 - the condition is the code's own
# A step along the index in each shard: a minimum over all shards at once would read every timer there is.
_NEXT = f"""
SELECT min(first.due_at) FROM unnest($1::int[]) AS held(shard) CROSS JOIN LATERAL (
    SELECT t.due_at FROM timers t WHERE t.shard = held.shard AND {_WAITING} ORDER BY t.due_at LIMIT 1
) first
"""  # noqa: S608 - the same


class SqlTimers:
    """Commands that are due at an instant of the Clock."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def due(self, shards: Iterable[int], now: datetime, most: int) -> Sequence[DueTimer]:
        """Return what is due in these shards, longest due first; timers of parked cases wait."""
        async with kept_nothing():
            rows = await self._pool.fetch(_DUE, list(shards), now, most)
        return [timer for row in rows if (timer := _due(row)) is not None]

    async def next_due(self, shards: Iterable[int]) -> datetime | None:
        """Return when the next timer of these shards that does not wait is due."""
        async with kept_nothing():
            found: datetime | None = await self._pool.fetchval(_NEXT, list(shards))
        return found


def _due(row: asyncpg.Record) -> DueTimer | None:
    """Return the timer; None for a command of a newer version, whose own workers fire it."""
    try:
        command = command_of(row["command"])
    except (KeyError, ValueError):
        log.error("timer %s of case %s asks for what this version does not know", row["name"], row["case_id"])  # noqa: TRY400 - its trace tells nothing
        return None
    return DueTimer(
        tenant=row["tenant"],
        timer=FiredTimer(case_id=row["case_id"], name=row["name"], generation=row["generation"]),
        due_at=row["due_at"],
        command=command,
    )
