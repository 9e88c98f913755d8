"""Work by the calendar: outcomes are released a period at a time, and the log is signed every few minutes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from schemas import topics
from schemas.headers import ce_headers
from streams.ports import Register, Waker
from streams.shards import HeldShards
from streams.trouble import STORE_TROUBLE
from workflow.handlers.consequences import STANDING_STUDY
from workflow.handlers.gathering import Rulebook
from workflow.ports import Clock, IdSource, OutcomeRow, Outward
from workflow.rules.calendar import local_day
from workflow.rules.release import SETTLE, last_release

log = logging.getLogger(__name__)
LONGEST_WAIT_S = 0.5
PAUSE_S = 1.0
Publishing = Callable[[OutcomeRow, int], Outward]


class Outcomes(Protocol):
    """Rows of a study, released a period at a time."""

    async def release(self, tenant: str, study: str, period: str, publishing: Publishing, now: datetime) -> int:
        """Release what changed, once a period; return how many rows."""
        ...


class Audit(Protocol):
    """The signed log."""

    async def checkpoint(self, tenant: str, now: datetime) -> bool:
        """Make the next checkpoint; False when nothing happened since the last."""
        ...


@dataclass(slots=True, kw_only=True)
class Jobs:
    """Runs them all under one lease, by the same clock as everything else."""

    book: Rulebook
    ids: IdSource
    outcomes: Outcomes
    audit: Audit
    register: Register
    shards: HeldShards
    clock: Clock
    waker: Waker
    checkpoint_minutes: int = 10
    _released: dict[str, str] = field(default_factory=dict)
    _signed: dict[str, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Look at the clock again and again, until cancelled."""
        while True:
            try:
                await self.work()
                await self.waker.wait(LONGEST_WAIT_S)
            except STORE_TROUBLE as error:
                log.warning("jobs stopped: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_S)

    async def work(self) -> None:
        """Do once what is due now."""
        if not await self.shards.held():
            return
        now = await self.clock.now()
        for tenant in sorted({row.tenant for row in (await self.register.all_organisations()).values()}):
            await self._release(tenant, now)
            await self._sign(tenant, now)

    async def _release(self, tenant: str, now: datetime) -> None:
        scheme = self.book.schemes.get(tenant)
        if scheme is None:
            return
        period = last_release(scheme.on(local_day(now)).release, now - SETTLE).isoformat()
        if self._released.get(tenant) == period:
            return
        await self.outcomes.release(tenant, STANDING_STUDY, period, self._published(tenant, period), now)
        self._released[tenant] = period

    def _published(self, tenant: str, period: str) -> Publishing:
        def publishing(row: OutcomeRow, number: int) -> Outward:
            name = self.ids.derive("release", tenant, row.study, str(row.token), str(number))
            return Outward(
                topic=topics.outcomes(row.study),
                key=str(row.token).encode(),
                case_id=name,
                sequence=0,
                part=1,
                event_id=str(name),
                headers=ce_headers(
                    name=str(name),
                    tenant=tenant,
                    kind="outcome.row.released",
                    at=period,
                    subject=str(row.token),
                    schema="outcomes",
                ),
                value=row.value,
            )

        return publishing

    async def _sign(self, tenant: str, now: datetime) -> None:
        last = self._signed.get(tenant)
        if last is not None and now - last < timedelta(minutes=self.checkpoint_minutes):
            return
        await self.audit.checkpoint(tenant, now)
        self._signed[tenant] = now
