"""What rules a place or a slot out for a case: hard constraints, before any score (domain.md 6.4, 10 rows 9 and 10)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from schemas.vocabulary import CHILD_BANDS, ActivityKind, AgeBand, AttendanceOutcome
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.rules.agreement import band_at
from workflow.rules.calendar import local, local_day
from workflow.rules.credit import ATTENDED
from workflow.rules.dues import dues_of
from workflow.rules.facts import Facts, Site, Slot
from workflow.schemes.parts import BandHours

COMPLETED = ATTENDED - {AttendanceOutcome.ATSS, AttendanceOutcome.ATSH, AttendanceOutcome.AFTC}
A_MINUTE = timedelta(minutes=1)


class Bar(StrEnum):
    """Why a place or a slot is out of the question for a case."""

    PLACE_UNKNOWN = "place_unknown"
    PLACE_LACKS_ACTIVITY = "place_lacks_activity"
    PLACE_NOT_FOR_CHILDREN = "place_not_for_children"
    ACTIVITY_UNSUITABLE = "activity_unsuitable"
    ACTIVITY_NOT_FOR_AGE = "activity_not_for_age"
    PLACE_KEPT_AWAY = "place_kept_away"
    PLACE_NEAR_AFFECTED_PERSON = "place_near_affected_person"
    SLOT_OF_ANOTHER_PROVIDER = "slot_of_another_provider"
    SLOT_HAS_STARTED = "slot_has_started"
    SLOT_IS_FULL = "slot_is_full"
    TOO_LONG = "too_long"
    TOO_EARLY_OR_LATE = "too_early_or_late"
    SCHOOL_TIME = "school_time"
    AFTER_A_LIMIT = "after_a_limit"
    CLASHES = "clashes"
    DAY_IS_FULL = "day_is_full"
    WEEK_IS_FULL = "week_is_full"
    CO_ATTENDANCE = "co_attendance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """A case that looks for sessions at an instant: what takes up its time, when it must be done, whom it avoids."""

    case: Case
    facts: Facts
    now: datetime
    held: tuple[Session | Slot, ...]
    ends_by: datetime | None
    avoided: tuple[Session | Slot, ...]

    def with_held(self, slot: Slot) -> "Seeker":
        """The same, had it booked that slot already."""
        return replace(self, held=(*self.held, slot))


def seeker(case: Case, facts: Facts, now: datetime) -> Seeker:
    """Work out once what every slot is judged by; limits of other bodies are only shown (domain.md 13.1, 13.8)."""
    dues = dues_of(case, facts, now)
    passing = [due.at for name in dues.limits() if (due := dues.of(name, None)) is not None]
    open_or_attended = (s for s in case.sessions if s.outcome is None or s.outcome in ATTENDED)
    return Seeker(
        case=case,
        facts=facts,
        now=now,
        held=tuple(session for session in open_or_attended if not session.cancelled),
        ends_by=min(passing, default=None),
        avoided=avoided(facts),
    )


def avoided(facts: Facts) -> tuple[Session | Slot, ...]:
    """Where and when somebody will be whom the participant must not meet, as far as the facts tell (R3)."""
    if not facts.must_not_meet:
        return facts.avoided
    taken = (slot for slot in facts.slots.values() if not facts.must_not_meet.isdisjoint(slot.taken.values()))
    return (*taken, *facts.avoided)


def meets_somebody(slot: Slot, others: Iterable[Session | Slot]) -> bool:
    """Two who must not meet are kept out of one place at one time, whichever slot each holds (domain.md 1.4, R3)."""
    return any(other.site == slot.site and _overlap(other, slot) for other in others)


def in_school_time(slot: Slot, band: AgeBand, facts: Facts) -> bool:
    """Whether it falls into the school day of somebody of that age, in local time (domain.md 6.4, R130)."""
    school = facts.policy.school_hours
    if school is None or band not in school.bands or not facts.calendar.is_working_day(local_day(slot.starts_at)):
        return False
    return local(slot.starts_at).time() < school.ends and local(slot.ends_at).time() > school.begins


class Asked(NamedTuple):
    """A slot that a case looks at: the local day on which it begins, the age then, and what that age may work.

    Age at the session, never today's, sets the hours (domain.md 6.4, 13.11).
    """

    seeker: Seeker
    slot: Slot
    day: date
    band: AgeBand
    hours: BandHours


def is_kept_away(facts: Facts, site: Site, day: date) -> bool:
    """Whether the site is near a place that the participant must keep away from on that day (domain.md 13.20)."""
    return facts.kept_away.get(site.id, date.min) >= day


def place_bar(case: Case, facts: Facts, site_id: str, activity: ActivityKind, day: date) -> Bar | None:
    """Why this activity cannot be done there by this participant on that day, or None (domain.md 10 row 9)."""
    site = facts.sites.get(site_id)
    if site is None or site.provider != case.provider:
        return Bar.PLACE_UNKNOWN
    if activity not in site.activities:
        return Bar.PLACE_LACKS_ACTIVITY
    return _person_bar(case, facts, site, activity, day)


def _person_bar(case: Case, facts: Facts, site: Site, activity: ActivityKind, day: date) -> Bar | None:
    band = band_at(case, facts.birth_date, day)
    hours = facts.policy.age_bands.get(band)
    if activity in case.unsuitable:
        return Bar.ACTIVITY_UNSUITABLE
    if hours is None or activity in hours.barred_activities:
        return Bar.ACTIVITY_NOT_FOR_AGE
    if band in CHILD_BANDS and not site.suits_children:
        return Bar.PLACE_NOT_FOR_CHILDREN
    if is_kept_away(facts, site, day):
        return Bar.PLACE_KEPT_AWAY
    is_near = any(person.token in site.near_affected for person in case.affected)
    return Bar.PLACE_NEAR_AFFECTED_PERSON if is_near else None


def slot_bar(seeking: Seeker, slot: Slot) -> Bar | None:
    """Why this slot cannot be offered, or None; minutes are of elapsed time (domain.md 10 row 10)."""
    case, facts = seeking.case, seeking.facts
    if slot.provider != case.provider:
        return Bar.SLOT_OF_ANOTHER_PROVIDER
    day = local_day(slot.starts_at)
    bar = place_bar(case, facts, slot.site, slot.activity, day)
    if bar is not None:
        return bar
    band = band_at(case, facts.birth_date, day)
    asked = Asked(seeking, slot, day, band, facts.policy.age_bands[band])
    return next((bar for bar, holds in CHECKS.items() if holds(asked)), None)


def workshop_is_done(case: Case) -> bool:
    """Whether the participant completed a workshop, so that reparation may follow (R4)."""
    return any(s.activity is ActivityKind.ASB_WORKSHOP and s.outcome in COMPLETED for s in case.sessions)


def _is_outside_hours(asked: Asked) -> bool:
    start, end = local(asked.slot.starts_at), local(asked.slot.ends_at)
    over_midnight = start.date() != end.date()
    return over_midnight or start.time() < asked.hours.earliest or end.time() > asked.hours.latest


def _is_after_a_limit(asked: Asked) -> bool:
    return asked.seeker.ends_by is not None and asked.slot.ends_at > asked.seeker.ends_by


def _clashes(asked: Asked) -> bool:
    return any(_overlap(held, asked.slot) for held in asked.seeker.held)


def _fills_day(asked: Asked) -> bool:
    same = (session for session in asked.seeker.held if local_day(session.starts_at) == asked.day)
    return _minutes(same) + asked.slot.minutes > asked.hours.day_minutes


def _fills_week(asked: Asked) -> bool:
    week = asked.day.isocalendar()[:2]
    same = (session for session in asked.seeker.held if local_day(session.starts_at).isocalendar()[:2] == week)
    return _minutes(same) + asked.slot.minutes > asked.hours.week_minutes


def _overlap(one: Session | Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _minutes(sessions: Iterable[Session | Slot]) -> int:
    return sum((session.ends_at - session.starts_at) // A_MINUTE for session in sessions)


# What is true for everybody comes before what is true for this case alone.
CHECKS: Mapping[Bar, Callable[[Asked], bool]] = MappingProxyType(
    {
        Bar.SLOT_HAS_STARTED: lambda asked: asked.slot.starts_at < asked.seeker.now,
        Bar.SLOT_IS_FULL: lambda asked: asked.slot.free_place is None,
        Bar.TOO_LONG: lambda asked: asked.slot.minutes > asked.hours.session_minutes,
        Bar.TOO_EARLY_OR_LATE: _is_outside_hours,
        Bar.SCHOOL_TIME: lambda asked: in_school_time(asked.slot, asked.band, asked.seeker.facts),
        Bar.AFTER_A_LIMIT: _is_after_a_limit,
        Bar.CLASHES: _clashes,
        Bar.DAY_IS_FULL: _fills_day,
        Bar.WEEK_IS_FULL: _fills_week,
        Bar.CO_ATTENDANCE: lambda asked: meets_somebody(asked.slot, asked.seeker.avoided),
    }
)
