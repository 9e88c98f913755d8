"""What must hold before a plan is agreed: first the people, then the hours, then each part (domain.md 10 row 9)."""

from collections.abc import Iterable
from datetime import datetime

from schemas.vocabulary import ActivityKind, Purpose
from workflow.case.case import Case
from workflow.case.parts import PlanPart
from workflow.rules.agreement import agreement_lacking, band_at, needs_an_adult
from workflow.rules.calendar import local_day
from workflow.rules.credit import PURPOSES
from workflow.rules.facts import Facts
from workflow.rules.planning import workshop_comes_first
from workflow.rules.refusals import Refusal
from workflow.rules.suitability import Bar, place_bar, seeker, slot_bar, workshop_is_done

NO_FREE_SESSION = "no_free_session"


def planned_minutes(parts: Iterable[PlanPart]) -> int:
    """Minutes that count towards authorised and credited ones: all but rehabilitation (domain.md 13.4)."""
    return sum(part.minutes for part in parts if part.purpose is not Purpose.REHABILITATION)


def check_people(case: Case, facts: Facts, happened: datetime) -> None:
    """Responsibility as the basis asks, agreement to take part, a risk assessment (domain.md 0.3, 13.7, R102)."""
    basis = facts.policy.bases[case.basis]
    lacking = agreement_lacking(case, basis, by_adult=needs_an_adult(case, facts.birth_date, local_day(happened)))
    if lacking is not None:
        raise Refusal(lacking, basis=case.basis)
    if case.risk is None:
        raise Refusal("risk_not_assessed")


def check_plan(case: Case, facts: Facts, parts: tuple[PlanPart, ...], happened: datetime) -> None:
    """The hours, the workshop's place, and each part (domain.md 0.5, 13.4, R4)."""
    _check_hours(case, facts, parts, happened)
    first = parts[0].activity
    if workshop_comes_first(case, facts) and first is not ActivityKind.ASB_WORKSHOP:
        raise Refusal("workshop_comes_first", activity=first)
    for part in parts:
        _check_part(case, facts, part, happened)


def _check_hours(case: Case, facts: Facts, parts: tuple[PlanPart, ...], happened: datetime) -> None:
    """Planned minutes never exceed what was authorised, what the cap counts, or the age's maximum (domain.md 13.4).

    Minutes done at earlier providers are off what is authorised here, and count towards cap and maximum.
    """
    basis, planned = facts.policy.bases[case.basis], planned_minutes(parts)
    counted = case.carried_minutes + sum(part.minutes for part in parts if basis.counts(part.purpose))
    hours = facts.policy.age_bands.get(band_at(case, facts.birth_date, local_day(happened)))
    if planned == 0:
        raise Refusal("plan_without_work", planned=planned)
    if planned > case.authorised_minutes:
        raise Refusal("hours_over_authorised", planned=planned, authorised=case.authorised_minutes)
    if basis.cap_minutes is not None and counted > basis.cap_minutes:
        raise Refusal("hours_over_cap", planned=counted, cap=basis.cap_minutes)
    if hours is not None and case.carried_minutes + planned > hours.case_minutes:
        raise Refusal("hours_over_age", planned=case.carried_minutes + planned, most=hours.case_minutes)


def _check_part(case: Case, facts: Facts, part: PlanPart, happened: datetime) -> None:
    """A workshop cannot pass for work, nor work for a workshop, or a cap would count nothing (domain.md 13.4)."""
    is_rehabilitative = PURPOSES[part.activity] is Purpose.REHABILITATION
    if is_rehabilitative is not (part.purpose is Purpose.REHABILITATION):
        raise Refusal("purpose_not_of_activity", activity=part.activity, purpose=part.purpose)
    if part.activity is not ActivityKind.ASB_WORKSHOP or not workshop_is_done(case):
        _check_place(case, facts, part, happened)


def _check_place(case: Case, facts: Facts, part: PlanPart, happened: datetime) -> None:
    """What bars a place for somebody else's sake is told under the same facts as a place with no free session."""
    bar = place_bar(case, facts, part.site, part.activity, local_day(happened))
    code = bar or _session_bar(case, facts, part, happened)
    if code is not None:
        raise Refusal(code, site=part.site, activity=part.activity)


def _session_bar(case: Case, facts: Facts, part: PlanPart, happened: datetime) -> str | None:
    """Work at a place that was agreed already needs no free session to stay in the plan."""
    if (part.activity, part.site) in {(known.activity, known.site) for known in case.plan}:
        return None
    slots = (s for s in facts.slots.values() if (s.site, s.activity) == (part.site, part.activity))
    seeking = seeker(case, facts, happened)
    bars = {slot_bar(seeking, slot) for slot in slots}
    if None in bars:
        return None
    return Bar.CO_ATTENDANCE if Bar.CO_ATTENDANCE in bars else NO_FREE_SESSION
