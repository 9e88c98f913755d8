"""The rules of booking, one row a rule, asked in order; the first broken one refuses (domain.md 10 row 10)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from schemas.vocabulary import ActivityKind, Authority, Clearance
from workflow.machine.decisions.hours import target_minutes
from workflow.machine.decisions.plan_reasons import REASONS as PLANNED
from workflow.machine.decisions.slots import Asked, counts_for
from workflow.rules.ages import is_child
from workflow.rules.agreement import agreement_lacking, needs_an_adult
from workflow.rules.calendar import local, local_day
from workflow.rules.dues import dues_of
from workflow.rules.planning import workshop_comes_first
from workflow.rules.refusals import Reason, Refusal
from workflow.rules.suitability import COMPLETED, avoided, in_school_time, is_kept_away, meets_somebody

# What the scheme alone has set may be overrun, and is told of as missed; the others bind whoever books.
BINDING = frozenset({Authority.STATUTE, Authority.CODE, Authority.CONTRACT})


def _agreement_lacks(code: str, asked: Asked) -> bool:
    """What was agreed may have been taken back since the plan, and a child may have come of age (domain.md 13.7)."""
    case, facts = asked.case, asked.facts
    by_adult = needs_an_adult(case, facts.birth_date, local_day(asked.happened))
    return agreement_lacking(case, facts.policy.bases[case.basis], by_adult=by_adult) == code


def _not_planned(asked: Asked) -> bool:
    return all(part.activity is not asked.slot.activity for part in asked.case.plan)


def _all_booked(asked: Asked) -> bool:
    booked = tuple(s for s in asked.others if s.outcome is None and s.counts)
    minutes = asked.minutes_with(booked) - asked.slot.minutes + asked.case.credited_minutes
    return counts_for(asked.case, asked.slot) and minutes >= target_minutes(asked.case)


def _overlaps(asked: Asked) -> bool:
    return any(s.starts_at < asked.slot.ends_at and asked.slot.starts_at < s.ends_at for s in asked.others)


def _outside_hours(asked: Asked) -> bool:
    starts, ends = local(asked.slot.starts_at), local(asked.slot.ends_at)
    in_one_day = starts.date() == ends.date()
    return not (in_one_day and asked.hours.earliest <= starts.time() and ends.time() <= asked.hours.latest)


def _day_too_long(asked: Asked) -> bool:
    day = local_day(asked.slot.starts_at)
    same = tuple(s for s in asked.others if local_day(s.starts_at) == day)
    return asked.minutes_with(same) > asked.hours.day_minutes


def _week_too_long(asked: Asked) -> bool:
    week = local_day(asked.slot.starts_at).isocalendar()[:2]
    same = tuple(s for s in asked.others if local_day(s.starts_at).isocalendar()[:2] == week)
    return asked.minutes_with(same) > asked.hours.week_minutes


def _after_limit(asked: Asked) -> bool:
    dues = dues_of(asked.case, asked.facts, asked.happened)
    known = (dues.of(name, None) for name in dues.limits())
    return any(due and due.authority in BINDING and asked.slot.ends_at > due.at for due in known)


def _near_affected(asked: Asked) -> bool:
    return any(person.token in asked.site.near_affected for person in asked.case.affected)


def _not_for_age(asked: Asked) -> bool:
    hours = asked.facts.policy.age_bands.get(asked.band)
    return hours is None or asked.slot.activity in hours.barred_activities


def _workshop_is_due(asked: Asked) -> bool:
    """Work is booked behind the workshop that its plan begins with, attended or booked (R4)."""
    workshop = ActivityKind.ASB_WORKSHOP
    if asked.slot.activity is workshop or all(part.activity is not workshop for part in asked.case.plan):
        return False
    before = (s for s in asked.others if s.activity is workshop and s.outcome is None)
    return workshop_comes_first(asked.case, asked.facts) and all(s.ends_at > asked.slot.starts_at for s in before)


def _workshops_are_booked(asked: Asked) -> bool:
    """One that was not completed is booked again; none counts towards hours, so that no other rule would end it."""
    workshop = ActivityKind.ASB_WORKSHOP
    planned = sum(part.activity is workshop for part in asked.case.plan)
    held = (s for s in asked.others if s.activity is workshop and (s.outcome is None or s.outcome in COMPLETED))
    return asked.slot.activity is workshop and sum(1 for _ in held) >= planned


class Check(NamedTuple):
    """A rule of booking: its code, when it is broken, and its words."""

    code: str
    broken: Callable[[Asked], bool]
    reason: Reason


CHECKS: tuple[Check, ...] = (
    Check(
        "slot_has_begun",
        lambda asked: asked.slot.starts_at <= asked.happened,
        Reason(rule="A session is booked before it begins.", remedy="Choose a later slot, or say when it was booked."),
    ),
    Check(
        "clearance_refused",
        lambda asked: asked.case.clearance is Clearance.REFUSED,
        Reason(
            rule="Youth justice has not cleared this child for work.",
            remedy="Speak with youth justice; return the case if the answer stands.",
        ),
    ),
    Check(
        "clearance_awaited",
        lambda asked: asked.case.clearance is Clearance.AWAITED,
        Reason(
            rule="No session is booked for a child before youth justice has cleared the case.",
            remedy="Wait for the clearance, or ask youth justice for it.",
        ),
    ),
    *(
        Check(code, partial(_agreement_lacks, code), PLANNED[code])
        for code in ("admission_denied", "admission_needed", "agreement_missing")
    ),
    Check(
        "activity_not_in_plan",
        _not_planned,
        Reason(
            rule="A session is for an activity of the agreed plan.", remedy="Choose another slot or revise the plan."
        ),
    ),
    Check(
        "activity_is_unsuitable",
        lambda asked: asked.slot.activity in asked.case.unsuitable,
        Reason(
            rule="The risk assessment rules this activity out for the participant.",
            remedy="Choose another activity, or assess the risk again.",
        ),
    ),
    Check(
        "activity_not_for_age",
        _not_for_age,
        PLANNED["activity_not_for_age"],
    ),
    Check(
        "place_lacks_activity",
        lambda asked: asked.slot.activity not in asked.site.activities,
        PLANNED["place_lacks_activity"],
    ),
    Check(
        "workshop_comes_first",
        _workshop_is_due,
        PLANNED["workshop_comes_first"],
    ),
    Check(
        "workshop_is_booked",
        _workshops_are_booked,
        Reason(
            rule="A workshop is booked once for each that the plan holds.",
            remedy="Choose work, move the workshop that is booked, or revise the plan.",
        ),
    ),
    Check(
        "hours_are_all_booked",
        _all_booked,
        Reason(
            rule="Sessions already credited or booked cover every agreed minute.",
            remedy="Record or cancel an open session first, or revise the plan.",
        ),
    ),
    Check(
        "session_overlaps",
        _overlaps,
        Reason(rule="A participant is in one place at a time.", remedy="Choose a slot that does not overlap."),
    ),
    Check(
        "outside_hours_for_age",
        _outside_hours,
        Reason(
            rule="The participant's age on that day sets the earliest and the latest time.",
            remedy="Choose a slot within those times.",
        ),
    ),
    Check(
        "school_time",
        lambda asked: in_school_time(asked.slot, asked.band, asked.facts),
        Reason(
            rule="Nobody of school age works in school hours, Monday to Friday outside bank holidays.",
            remedy="Choose a slot after school or at the weekend.",
        ),
    ),
    Check(
        "session_too_long_for_age",
        lambda asked: asked.slot.minutes > asked.hours.session_minutes,
        Reason(rule="The participant's age on that day sets the longest session.", remedy="Choose a shorter slot."),
    ),
    Check(
        "day_too_long_for_age",
        _day_too_long,
        Reason(rule="The participant's age sets how long a day may be.", remedy="Choose another day."),
    ),
    Check(
        "week_too_long_for_age",
        _week_too_long,
        Reason(rule="The participant's age sets how many hours a week may hold.", remedy="Choose another week."),
    ),
    Check(
        "site_not_for_children",
        lambda asked: is_child(asked.band) and not asked.site.suits_children,
        Reason(rule="The site's risk assessment does not allow children.", remedy="Choose a site that suits children."),
    ),
    Check(
        "slot_after_limit",
        _after_limit,
        Reason(
            rule="A session ends before every limit set by statute, by a code or by the referrer passes.",
            remedy="Choose an earlier slot.",
        ),
    ),
    Check(
        "place_kept_away",
        lambda asked: is_kept_away(asked.facts, asked.site, local_day(asked.slot.starts_at)),
        PLANNED["place_kept_away"],
    ),
    Check(
        "site_near_affected_person",
        _near_affected,
        Reason(
            rule="The site is near somebody the behaviour affected.",
            remedy="Choose a slot at another site.",
            cover="no_free_place",
        ),
    ),
    Check(
        "must_not_meet",
        lambda asked: meets_somebody(asked.slot, avoided(asked.facts)),
        Reason(
            rule="Somebody is booked at that place and time whom the participant must not meet.",
            remedy="Choose another slot.",
            cover="no_free_place",
        ),
    ),
)
REASONS = {
    "no_free_place": Reason(rule="The slot has no free place.", remedy="Choose another slot."),
    **{check.code: check.reason for check in CHECKS if check.code not in PLANNED},
}


def fitting_place(asked: Asked) -> int:
    """Return a free place of a slot that breaks no rule, or refuse by the first rule broken."""
    for check in CHECKS:
        if check.broken(asked):
            raise Refusal(check.code, slot=asked.slot.id)
    place = asked.slot.free_place
    if place is None:
        raise Refusal("no_free_place", slot=asked.slot.id)
    return place
