"""The timekeeper: due timers, fired as commands through the same path as everybody's."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schemas.vocabulary import OrganisationKind
from streams.ports import Handles, Timers, Waker
from streams.shards import HeldShards
from streams.trouble import DATA_ERRORS, STORE_TROUBLE
from workflow.handlers.requests import CommandRequest, PoisonError, Share, TooBusyError
from workflow.ports import (
    Clock,
    DueTimer,
    MessageKey,
    Quarantined,
    StaleCaseError,
)
from workflow.rules.facts import Actor

log = logging.getLogger(__name__)

MOST = 100
PAUSE_S = 0.5
TIMERS = "timers"
TIMEKEEPER = Actor(id="timekeeper", organisation="timekeeper", kind=OrganisationKind.PROVIDER)
TROUBLE = (*STORE_TROUBLE, StaleCaseError, TooBusyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timekeeper:
    """Fires the due timers of the shards whose lease it holds, until it is cancelled."""

    office: Handles
    timers: Timers
    shards: HeldShards
    clock: Clock
    waker: Waker
    longest_wait_s: float = 1.0
    fail_at: Callable[[str], None] = lambda _: None

    async def run(self) -> None:
        """Fire what is due, then sleep until the next is, or somebody set another, or the poll comes round."""
        while True:
            try:
                now = await self.clock.now()
                if not await self.fire(now):
                    await self.waker.wait(await self._until_next(now))
            except TROUBLE as error:
                log.warning("timers stopped: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_S)

    async def fire(self, now: datetime) -> int:
        """Fire once what is due at `now`; many timers share a transaction. Return how many were taken."""
        held = await self.shards.held()
        if not held:
            return 0
        due = await self.timers.due(sorted(held), now, MOST)
        taken = 0
        for tenant, run in groupby(sorted(due, key=lambda one: (one.tenant, one.due_at)), key=lambda one: one.tenant):
            taken += await self._fire(tenant, list(run))
        return taken

    async def _fire(self, tenant: str, due: Sequence[DueTimer]) -> int:
        self.fail_at("in_timer")
        try:
            await self.office.handle_all([Share(tenant=tenant, requests=[_asked(one) for one in due])])
        except PoisonError as poison:
            await self._without(tenant, due, due[poison.index], poison.reason)
        except DATA_ERRORS as error:
            if len(due) == 1:
                await self._without(tenant, due, due[0], type(error).__name__)
            else:
                await self._fire(tenant, due[: len(due) // 2])
                await self._fire(tenant, due[len(due) // 2 :])
        return len(due)

    async def _without(self, tenant: str, due: Sequence[DueTimer], poisoned: DueTimer, reason: str) -> None:
        """Park the case of a timer that always fails, and fire the others; its other timers wait, their rows stay."""
        await self.office.handle_all([Share(tenant=tenant, quarantined=[_set_aside(poisoned, reason)])])
        if others := [one for one in due if one.timer.case_id != poisoned.timer.case_id]:
            await self._fire(tenant, others)

    async def _until_next(self, now: datetime) -> float:
        """Return the seconds to sleep; never long, since the demo clock may leap and a lease may fall free."""
        held = await self.shards.held()
        due_at = await self.timers.next_due(sorted(held)) if held else None
        if due_at is None:
            return self.longest_wait_s
        seconds = (due_at - now).total_seconds()
        return min(max(seconds, 0.0), self.longest_wait_s)


def _asked(due: DueTimer) -> CommandRequest:
    timer = due.timer
    message_id = f"{timer.case_id}:{timer.name}:{timer.generation}"
    return CommandRequest(
        key=MessageKey(tenant=due.tenant, source=TIMEKEEPER.id, message_id=message_id),
        canonical=b"",
        actor=TIMEKEEPER,
        sending="",
        case_id=timer.case_id,
        command=due.command,
        fired=timer,
    )


def _set_aside(due: DueTimer, reason: str) -> Quarantined:
    """Return what parks the case; the timer's own row stays, and fires when the case goes on."""
    timer = due.timer
    return Quarantined(
        tenant=due.tenant,
        topic=TIMERS,
        partition=0,
        offset=timer.generation,
        fingerprint=f"{timer.case_id}:{timer.name}:{timer.generation}",
        reason=f"always_fails:{reason}",
        headers=(),
        value=b"",
        case_id=timer.case_id,
        parks=True,
    )
