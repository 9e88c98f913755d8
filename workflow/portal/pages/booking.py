"""Which sessions can be booked for a case, best first: scored as plans are, and each tried by the rule that decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas import commands as c
from workflow.case.case import Case
from workflow.handlers.gathering import gather
from workflow.machine.decide import decide
from workflow.portal.parts import PortalParts
from workflow.portal_ports import Caller
from workflow.ports import Work
from workflow.rules.facts import Facts, Slot
from workflow.rules.planning import options
from workflow.rules.refusals import Refusal

MOST_CHOICES = 10
MOST_TRIED = 30
FIRST = ("the workshop comes before the work",)


@dataclass(frozen=True, slots=True)
class Choice:
    """A session that would be booked if asked for now, and what speaks for it."""

    slot: Slot
    why: tuple[str, ...]


async def bookable(parts: PortalParts, caller: Caller, case: Case) -> tuple[Choice, ...]:
    """Return at most ten choices; empty where nothing fits or nothing may be booked."""
    async with parts.store.work(caller.tenant) as work:
        facts = await gather(work, parts.book, case, c.ProposePlan(), caller.actor)
        why = _whys(case, facts, await work.now())
        rest = sorted((slot for slot in facts.slots.values() if slot.id not in why), key=lambda one: one.starts_at)
        ordered = [*(facts.slots[name] for name in why if name in facts.slots), *rest][:MOST_TRIED]
        chosen = [
            Choice(slot, why.get(slot.id, ())) for slot in ordered if await _fits(work, parts, caller, case, slot)
        ]
    return tuple(chosen[:MOST_CHOICES])


def _whys(case: Case, facts: Facts, now: datetime) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for option in options(case, facts, now):
        if option.first_slot.id != option.slot.id:
            found.setdefault(option.first_slot.id, FIRST)
        found.setdefault(option.slot.id, option.why)
    return found


async def _fits(work: Work, parts: PortalParts, caller: Caller, case: Case, slot: Slot) -> bool:
    command = c.BookSession(slot=slot.id)
    facts = await gather(work, parts.book, case, command, caller.actor)
    try:
        decide(case, command, facts, await work.now())
    except Refusal:
        return False
    return True
