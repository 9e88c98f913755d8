"""What the stage asks of the running system, read from SQL: is it quiet, what is due next, what time is it."""

import asyncio
from datetime import datetime, timedelta

import asyncpg

from deploy.simulate.ledger import Ledger
from workflow.rules.calendar import LONDON
from workflow.store.keeping import WAKE_CHANNEL

POLL_S = 0.004
PATIENCE_S = 120.0
QUIET = """
SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (
  SELECT FROM timers t WHERE t.due_at <= (SELECT at FROM demo_clock)
  AND NOT EXISTS (SELECT FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id))
"""
NEXT_DUE = """
SELECT min(t.due_at) FROM timers t
WHERE NOT EXISTS (SELECT FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)
"""
SET_CLOCK = """
INSERT INTO demo_clock (one, at) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET at = greatest(demo_clock.at, $1)
"""


class NeverQuietError(Exception):
    """The system did not come to rest; the message says what is left."""


class SqlSystem:
    """Reads and sets the demo's world through one pool, as `amends_worker`; outlives a database's restart."""

    def __init__(self, pool: asyncpg.Pool, ledger: Ledger) -> None:
        self._pool = pool
        self._ledger = ledger
        self.waited_s = 0.0

    async def set_clock(self, now: datetime) -> None:
        """Move the clock row and wake whoever sleeps until something is due."""
        await self._pool.execute(SET_CLOCK, now)
        await self._pool.execute("SELECT pg_notify($1, '')", WAKE_CHANNEL)

    async def next_due(self) -> datetime | None:
        """Return when the next timer of an unparked case is due."""
        due: datetime | None = await self._pool.fetchval(NEXT_DUE)
        return due

    async def quiet(self) -> None:
        """Return once outbox and due timers are empty and nothing sent is unaccounted for."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not await self._is_quiet():
            if loop.time() - began > PATIENCE_S:
                raise NeverQuietError(await self._left())
            await asyncio.sleep(POLL_S)
        self.waited_s += loop.time() - began

    async def accounted(self, source: str, number: str) -> bool:
        """Return whether a sending has left its mark in SQL."""
        found: bool = await self._pool.fetchval(
            "SELECT EXISTS (SELECT FROM sendings WHERE source = $1 AND number = $2)", source, number
        )
        return found

    async def _is_quiet(self) -> bool:
        try:
            return bool(await self._pool.fetchval(QUIET))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False

    async def _left(self) -> str:
        outbox = await self._pool.fetchval("SELECT count(*) FROM outbox")
        due = await self._pool.fetchval("SELECT count(*) FROM timers WHERE due_at <= (SELECT at FROM demo_clock)")
        return f"the system does not come to rest: {outbox} records unpublished, {due} due timers unfired"


def next_release(after: datetime, weekday: int, hour: int) -> datetime:
    """Return the first weekly release at or after an instant: `weekday` from 0 (Monday), `hour` local."""
    local = after.astimezone(LONDON)
    day = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    return day if day >= local else day + timedelta(days=7)
