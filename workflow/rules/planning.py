"""Plans to propose: what no constraint rules out, best first, each part of its score in words (domain.md 10 row 9)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from schemas.vocabulary import ActivityKind, Purpose
from workflow.case.case import Case
from workflow.case.parts import PlanPart
from workflow.rules.agreement import band_at, choosers, wished
from workflow.rules.calendar import local_day
from workflow.rules.credit import PURPOSES
from workflow.rules.facts import Distance, Facts, Slot
from workflow.rules.suitability import Seeker, seeker, slot_bar, workshop_is_done

# An affected person's choice outweighs all else together: an officer must invite it where it fits (domain.md 0.4).
CHOICE = 100
NEARNESS = {
    Distance.UNDER_3_KM: (30, "under 3 km away"),
    Distance.UNDER_8_KM: (20, "under 8 km away"),
    Distance.UNDER_20_KM: (10, "under 20 km away"),
    Distance.FURTHER: (0, "more than 20 km away"),
    Distance.UNKNOWN: (0, "distance not known"),
}
# Hours to the start, from below, and what that is worth: the 48 hours first, then the week (domain.md 0.1).
SOONNESS = ((24, 30), (48, 20), (7 * 24, 10))
A_DAY, AN_HOUR = 24, timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A plan that keeps every hard constraint; `slot` is of its work, `first_slot` the first one to book."""

    slot: Slot
    first_slot: Slot
    parts: tuple[PlanPart, ...]
    score: int
    why: tuple[str, ...]


def options(case: Case, facts: Facts, now: datetime) -> Iterator[Option]:
    """Every open slot with the plan that begins there, best first, then by slot id; minutes in whole minutes (R4).

    What bars a slot has no part in its score, so whoever wants only the best has few of them looked at.
    """
    seeking = seeker(case, facts, now)
    workshops = _Workshops(seeking)
    score = _scoring(case, facts, now)
    work = (slot for slot in facts.slots.values() if PURPOSES[slot.activity] is not Purpose.REHABILITATION)
    for slot in sorted(work, key=lambda slot: (-score(slot), slot.id)):
        option = None if slot_bar(seeking, slot) else _option(seeking, slot, workshops, score(slot))
        if option is not None:
            yield option


def worth(case: Case, facts: Facts, now: datetime) -> Callable[[Slot], tuple[int, tuple[str, ...]]]:
    """How a slot is scored for this case: the points, and each part of them in words (domain.md 10 row 9)."""
    score = _scoring(case, facts, now)
    return lambda slot: (score(slot), tuple(_why(case, facts, slot, now)))


def most_minutes(case: Case, facts: Facts, now: datetime, *, besides: int = 0) -> int:
    """The most minutes of work a plan may hold beside `besides` that the cap counts too (domain.md 0.5, 13.4).

    What was done at earlier providers has used up its share of cap and maximum.
    """
    basis, band = facts.policy.bases[case.basis], band_at(case, facts.birth_date, local_day(now))
    hours = facts.policy.age_bands.get(band)
    done = case.carried_minutes
    of_age = case.authorised_minutes if hours is None else hours.case_minutes - done
    cap = case.authorised_minutes if basis.cap_minutes is None else basis.cap_minutes - besides - done
    return max(min(case.authorised_minutes, cap, of_age), 0)


def workshop_comes_first(case: Case, facts: Facts) -> bool:
    """Whether a workshop still has to be attended before any work (contracts section 7, R4)."""
    return facts.policy.workshop_first and not workshop_is_done(case)


class _Workshops:
    """The workshops that nothing bars, soonest first: each is judged once, when somebody first gets to it."""

    def __init__(self, seeking: Seeker) -> None:
        every = (slot for slot in seeking.facts.slots.values() if slot.activity is ActivityKind.ASB_WORKSHOP)
        self._every = sorted(every, key=lambda slot: (slot.starts_at, slot.id))
        self._is_free = cache(lambda place: slot_bar(seeking, self._every[place]) is None)

    def before(self, slot: Slot) -> Iterator[Slot]:
        """Yield those that are over when a slot begins."""
        ended = ((place, one) for place, one in enumerate(self._every) if one.ends_at <= slot.starts_at)
        yield from (one for place, one in ended if self._is_free(place))


def _scoring(case: Case, facts: Facts, now: datetime) -> Callable[[Slot], int]:
    """How many points a slot is worth to this case at that instant: wishes, nearness and haste together."""
    activities = {slot.activity for slot in facts.slots.values()}
    wishes = {activity: CHOICE * _times_asked(case, facts, activity) for activity in activities}
    near = {slot.site: _nearness(facts, slot)[0] for slot in facts.slots.values()}
    soon = [(now + timedelta(hours=hours), points) for hours, points in SOONNESS]

    def score(slot: Slot) -> int:
        haste = next((points for before, points in soon if slot.starts_at < before), 0)
        return wishes[slot.activity] + near[slot.site] + haste

    return score


def _option(seeking: Seeker, slot: Slot, workshops: _Workshops, score: int) -> Option | None:
    """The plan that begins with this slot's work; None where no workshop or no minute fits before it."""
    case, facts = seeking.case, seeking.facts
    first = _first_slot(seeking, slot, workshops)
    if first is None:
        return None
    taught = _workshop(case, first)
    besides = sum(part.minutes for part in taught if facts.policy.bases[case.basis].counts(part.purpose))
    work = _work(case, slot, most_minutes(case, facts, seeking.now, besides=besides))
    why = tuple(_why(case, facts, slot, seeking.now))
    return Option(slot=slot, first_slot=first, parts=(*taught, *work), score=score, why=why) if work else None


def _first_slot(seeking: Seeker, slot: Slot, workshops: _Workshops) -> Slot | None:
    """The slot to book first: where a workshop comes first, the soonest that leaves room for the work after it."""
    if not workshop_comes_first(seeking.case, seeking.facts):
        return slot
    free = workshops.before(slot)
    return next((workshop for workshop in free if slot_bar(seeking.with_held(workshop), slot) is None), None)


def _workshop(case: Case, first: Slot) -> tuple[PlanPart, ...]:
    """The workshop counts towards neither authorised nor credited minutes (contracts section 8)."""
    if first.activity is not ActivityKind.ASB_WORKSHOP:
        return tuple(part for part in case.plan if part.purpose is Purpose.REHABILITATION)
    taught = PlanPart(activity=first.activity, site=first.site, minutes=first.minutes, purpose=Purpose.REHABILITATION)
    return (taught,)


def _work(case: Case, slot: Slot, minutes: int) -> tuple[PlanPart, ...]:
    """The same work for each purpose that was authorised, reparation first, until the minutes are used."""
    parts: list[PlanPart] = []
    for purpose in (Purpose.REPARATION, Purpose.PUNISHMENT):
        authorised = sum(condition.minutes for condition in case.conditions if condition.purpose is purpose)
        taken = min(authorised, minutes - sum(part.minutes for part in parts))
        if taken > 0:
            parts.append(PlanPart(activity=slot.activity, site=slot.site, minutes=taken, purpose=purpose))
    return tuple(parts)


def _times_asked(case: Case, facts: Facts, activity: ActivityKind) -> int:
    """Every standing choice counts alike; none is weighed by what suits the participant (domain.md 0.4, 0.6)."""
    return sum(activity in wished(person, facts.policy) for person in choosers(case))


def _nearness(facts: Facts, slot: Slot) -> tuple[int, str]:
    return NEARNESS[facts.distances.get(slot.site, Distance.UNKNOWN)]


def _why(case: Case, facts: Facts, slot: Slot, now: datetime) -> Iterator[str]:
    """Each part of the score in words."""
    if _times_asked(case, facts, slot.activity):
        yield f"the affected person asked for {slot.activity.replace('_', ' ')}"
    yield _nearness(facts, slot)[1]
    hours = (slot.starts_at - now) // AN_HOUR
    yield f"starts in {hours} h" if hours < 3 * A_DAY else f"starts in {hours // A_DAY} days"
