"""Which sessions a case can have in the coming weeks: each tried by the rule that decides, scored as plans are."""

from dataclasses import dataclass, replace

from schemas import commands as c
from schemas.vocabulary import ActivityKind
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.handlers.gathering import LOOK_AHEAD, gather
from workflow.machine.decide import decide
from workflow.portal.parts import PortalParts
from workflow.portal.wording import Refused, refused
from workflow.portal_ports import Caller, SlotFilter
from workflow.rules.facts import Slot
from workflow.rules.planning import workshop_comes_first, worth
from workflow.rules.refusals import Refusal

WEEKS = LOOK_AHEAD.days // 7
MOST_SLOTS = 5000
WORKSHOP_FIRST = "the workshop comes before the work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A session that would be booked if asked for now, its score in points, and the parts of the score in words."""

    slot: Slot
    score: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """All sessions that can be booked, best first and then soonest; and those that cannot, by the reason."""

    choices: tuple[Choice, ...]
    refused: tuple[tuple[Refused, tuple[Slot, ...]], ...]


async def offered(parts: PortalParts, caller: Caller, case: Case, moving: Session | None = None) -> Offer:
    """Return every slot of the coming four weeks, bookable or refused and why; `moving`: for that session instead."""
    async with parts.store.work(caller.tenant) as work:
        now = await work.now()
        facts = await gather(work, parts.book, case, c.ProposePlan(), caller.actor)
    # Full slots too, or a cover that says "no free place" could be told from a slot that has none.
    wanted = SlotFilter(starting=now, until=now + LOOK_AHEAD, limit=MOST_SLOTS)
    every = await parts.reading.slots(caller, wanted)
    facts = replace(facts, slots={slot.id: slot for slot in every} | dict(facts.slots))
    first = () if _has_workshop(case) or not workshop_comes_first(case, facts) else (WORKSHOP_FIRST,)
    scored = worth(case, facts, now)
    choices: list[Choice] = []
    against: dict[str, tuple[Refused, list[Slot]]] = {}
    for slot in every:
        try:
            decide(case, _command(slot, moving), facts, now)
        except Refusal as refusal:
            told = refused(refusal.code, refusal.facts, caller)
            against.setdefault(told.code, (told, []))[1].append(slot)
        else:
            score, why = scored(slot)
            begins = first if slot.activity is ActivityKind.ASB_WORKSHOP else ()
            choices.append(Choice(slot=slot, score=score, why=(*begins, *why)))
    choices.sort(key=lambda one: (-one.score, one.slot.starts_at, one.slot.id))
    return Offer(choices=tuple(choices), refused=tuple((told, tuple(slots)) for told, slots in against.values()))


def _has_workshop(case: Case) -> bool:
    return any(one.activity is ActivityKind.ASB_WORKSHOP for one in case.open_sessions)


def _command(slot: Slot, moving: Session | None) -> c.BookSession | c.RescheduleSession:
    """Who asks for a move changes nothing about whether it may be."""
    if moving is None:
        return c.BookSession(slot=slot.id)
    return c.RescheduleSession(session=moving.id, slot=slot.id, asked_by="provider")
