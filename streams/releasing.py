"""Outcomes go out in period batches, so that no row tells when its case moved (contracts section 1)."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import asyncpg

from schemas import topics
from streams.shards import HeldShards
from workflow.handlers.consequences import STANDING_STUDY
from workflow.handlers.gathering import Rulebook
from workflow.ports import AmbiguousCommitError, Clock, IdSource, OutcomeRow, Outward, StoreDownError
from workflow.rules.calendar import local_day
from workflow.schemes.parts import Release
from workflow.schemes.words import Weekday

log = logging.getLogger(__name__)

LONDON = ZoneInfo("Europe/London")
FIRST_MONDAY = date(1970, 1, 5)
TROUBLE = (StoreDownError, AmbiguousCommitError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
Publishing = Callable[[OutcomeRow, int], Outward]


class Outcomes(Protocol):
    """The rows of a study that changed since their last release."""

    async def release(self, tenant: str, study: str, period: str, publishing: Publishing, now: datetime) -> int:
        """Put what changed into the outbox in one transaction; a period is released once."""
        ...


def period_of(now: datetime, release: Release) -> date:
    """Return the local day of the last release at or before `now`; weeks are counted from Monday 5 January 1970."""
    here = now.astimezone(LONDON)
    day = here.date() - timedelta(days=(here.weekday() - list(Weekday).index(release.weekday)) % 7)
    if day == here.date() and here.time() < release.at:
        day -= timedelta(days=7)
    return day - timedelta(weeks=((day - FIRST_MONDAY).days // 7) % release.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Releaser:
    """Releases each scheme's outcomes when their period ends; one worker does, under a lease."""

    outcomes: Outcomes
    book: Rulebook
    ids: IdSource
    clock: Clock
    shards: HeldShards
    every_s: float = 1.0

    async def run(self) -> None:
        """Look from time to time, until it is cancelled."""
        while True:
            try:
                if await self.shards.held():
                    await self.release()
            except TROUBLE as error:
                log.warning("outcomes wait: %s", type(error).__name__)
            await asyncio.sleep(self.every_s)

    async def release(self) -> int:
        """Release what is due in all schemes; return how many rows went out."""
        now, count = await self.clock.now(), 0
        for tenant, scheme in self.book.schemes.items():
            try:
                policy = scheme.on(local_day(now))
            except LookupError:
                continue  # a scheme without a policy today releases nothing today
            period = period_of(now, policy.release)
            count += await self.outcomes.release(
                tenant, STANDING_STUDY, period.isoformat(), self._publishing(tenant, period), now
            )
        return count

    def _publishing(self, tenant: str, period: date) -> Publishing:
        """Return how a row becomes a record: no inner id, no inner number, and a time as coarse as its period."""

        def published(row: OutcomeRow, number: int) -> Outward:
            token = str(row.token)
            event_id = self.ids.derive("outcome", row.study, token, str(number))
            headers = (
                ("ce_id", str(event_id)),
                ("ce_source", f"/amends/{tenant}"),
                ("ce_type", "outcome.row"),
                ("ce_specversion", "1.0"),
                ("ce_time", f"{period.isoformat()}T00:00:00Z"),
                ("ce_subject", token),
                ("ce_dataschema", "amends:/schemas/outcomes/v0"),
                ("content-type", "application/json"),
            )
            return Outward(
                topic=topics.outcomes(row.study),
                key=token.encode(),
                case_id=self.ids.derive("outcome", row.study, token),
                sequence=number,
                part=1,
                event_id=str(event_id),
                headers=headers,
                value=row.value,
            )

        return published
