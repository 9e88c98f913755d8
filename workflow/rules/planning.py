"""Plans to propose: what no constraint rules out, best first, each part of its score in words (domain.md 10 row 9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.vocabulary import ActivityKind, Purpose
from workflow.case.case import Case
from workflow.case.parts import PlanPart
from workflow.rules.agreement import band_at, choosers, wished
from workflow.rules.calendar import local_day
from workflow.rules.credit import PURPOSES
from workflow.rules.facts import Distance, Facts, Slot
from workflow.rules.suitability import slot_bar, workshop_is_done

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


def options(case: Case, facts: Facts, now: datetime) -> tuple[Option, ...]:
    """Every open slot with the plan that begins there, best first, then by slot id; minutes in whole minutes (R4)."""
    minutes = plannable_minutes(case, facts, now)
    free = [slot for slot in facts.slots.values() if minutes and slot_bar(case, facts, slot, now) is None]
    work = [slot for slot in free if PURPOSES[slot.activity] is not Purpose.REHABILITATION]
    workshops = [slot for slot in free if slot.activity is ActivityKind.ASB_WORKSHOP]
    found = [_option(case, facts, now, slot, workshops) for slot in work]
    return tuple(sorted((o for o in found if o is not None), key=lambda option: (-option.score, option.slot.id)))


def plannable_minutes(case: Case, facts: Facts, now: datetime) -> int:
    """The most minutes a plan may hold: authorised, below the basis's cap and the age's maximum (domain.md 0.5)."""
    basis, band = facts.policy.bases[case.basis], band_at(case, facts.birth_date, local_day(now))
    hours = facts.policy.age_bands.get(band)
    of_age = hours.case_minutes if hours is not None else 0
    cap = basis.cap_minutes if basis.cap_minutes is not None else case.authorised_minutes
    return min(case.authorised_minutes, cap, of_age)


def workshop_comes_first(case: Case, facts: Facts) -> bool:
    """Whether a workshop still has to be attended before any work (contracts section 7, R4)."""
    return facts.policy.workshop_first and not workshop_is_done(case)


def _option(case: Case, facts: Facts, now: datetime, slot: Slot, workshops: list[Slot]) -> Option | None:
    first = slot
    if workshop_comes_first(case, facts):
        before = [workshop for workshop in workshops if workshop.ends_at <= slot.starts_at]
        if not before:
            return None
        first = min(before, key=lambda workshop: (workshop.starts_at, workshop.id))
    scored = (*_wishes(case, facts, slot), NEARNESS[facts.distances.get(slot.site, Distance.UNKNOWN)], _soon(slot, now))
    return Option(
        slot=slot,
        first_slot=first,
        parts=(*_workshop(case, first), *_work(case, slot, plannable_minutes(case, facts, now))),
        score=sum(points for points, _ in scored),
        why=tuple(words for _, words in scored),
    )


def _workshop(case: Case, first: Slot) -> tuple[PlanPart, ...]:
    """The workshop counts towards neither authorised nor credited minutes (contracts section 8)."""
    if first.activity is not ActivityKind.ASB_WORKSHOP:
        return tuple(part for part in case.plan if part.purpose is Purpose.REHABILITATION)
    return (PlanPart(activity=first.activity, site=first.site, minutes=first.minutes, purpose=Purpose.REHABILITATION),)


def _work(case: Case, slot: Slot, minutes: int) -> tuple[PlanPart, ...]:
    """The same work for each purpose that was authorised, reparation first, until the minutes are used."""
    parts: list[PlanPart] = []
    for purpose in (Purpose.REPARATION, Purpose.PUNISHMENT):
        authorised = sum(condition.minutes for condition in case.conditions if condition.purpose is purpose)
        taken = min(authorised, minutes - sum(part.minutes for part in parts))
        if taken > 0:
            parts.append(PlanPart(activity=slot.activity, site=slot.site, minutes=taken, purpose=purpose))
    return tuple(parts)


def _wishes(case: Case, facts: Facts, slot: Slot) -> tuple[tuple[int, str], ...]:
    """Every standing choice counts alike; none is weighed by what suits the participant (domain.md 0.4, 0.6)."""
    asked = sum(slot.activity in wished(person, facts.policy) for person in choosers(case))
    activity = slot.activity.replace("_", " ")
    return ((CHOICE * asked, f"the affected person asked for {activity}"),) if asked else ()


def _soon(slot: Slot, now: datetime) -> tuple[int, str]:
    hours = (slot.starts_at - now) // AN_HOUR
    points = next((points for limit, points in SOONNESS if hours < limit), 0)
    shown = f"{hours} h" if hours < 3 * A_DAY else f"{hours // A_DAY} days"
    return points, f"starts in {shown}"
