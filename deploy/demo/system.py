"""What the stage asks of the running system, read from SQL: is it quiet, what is due next, what time is it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from workflow.rules.calendar import local_day
from workflow.rules.release import SETTLE, last_release, next_release
from workflow.schemes import Scheme
from workflow.store.waking import WAKE_CHANNEL, Wake

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
RELEASED = "SELECT EXISTS (SELECT FROM outcome_releases WHERE tenant = $1 AND period = $2)"
SET_CLOCK = """
WITH moved AS (
  INSERT INTO demo_clock (one, at) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET at = greatest(demo_clock.at, $1)
)
SELECT pg_notify($2, $3)
"""


class NeverQuietError(Exception):
    """The system did not come to rest; the message says what is left."""


class SqlSystem:
    """Reads and sets the demo's world through one pool, as `amends_worker`; outlives a database's restart."""

    def __init__(self, pool: asyncpg.Pool, schemes: Mapping[str, Scheme]) -> None:
        self._pool = pool
        self._schemes = schemes
        self._now: datetime | None = None
        self._released: set[tuple[str, str]] = set()
        self.waited_s = 0.0

    async def set_clock(self, now: datetime) -> None:
        """Move the clock row and wake whoever sleeps until something is due."""
        await self._again(SET_CLOCK, now, WAKE_CHANNEL, Wake.CLOCK)
        self._now = now

    async def next_due(self) -> datetime | None:
        """Return when the next timer of an unparked case, or the next release of outcomes, is due."""
        due: datetime | None = await self._again(NEXT_DUE)
        return min((one for one in (due, self.next_release()) if one is not None), default=None)

    def next_release(self) -> datetime | None:
        """Return when outcomes go out next, in whichever scheme is first."""
        now = self._now
        if now is None:
            return None
        settled = now - SETTLE
        return SETTLE + min(next_release(s.on(local_day(now)).release, settled) for s in self._schemes.values())

    async def _again(self, statement: str, *values: object) -> Any:
        """Ask, and ask again while the database is away."""
        while True:
            try:
                return await self._pool.fetchval(statement, *values)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(0.2)

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
            return bool(await self._pool.fetchval(QUIET)) and await self._is_released()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False

    async def _is_released(self) -> bool:
        if self._now is None:
            return True
        for tenant, scheme in self._schemes.items():
            key = (tenant, last_release(scheme.on(local_day(self._now)).release, self._now - SETTLE).isoformat())
            if key not in self._released and not await self._pool.fetchval(RELEASED, *key):
                return False
            self._released.add(key)
        return True

    async def _left(self) -> str:
        outbox = await self._pool.fetchval("SELECT count(*) FROM outbox")
        due = await self._pool.fetchval("SELECT count(*) FROM timers WHERE due_at <= (SELECT at FROM demo_clock)")
        return f"the system does not come to rest: {outbox} records unpublished, {due} due timers unfired"
