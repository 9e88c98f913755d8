"""Booking asks whatever planning asks, since a slot can be named that no plan offered (domain.md 10 row 10)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import work
from tests.builders.sessions import (
    CALENDAR,
    DAY,
    HOUR,
    NOW,
    POLICY,
    a_case,
    a_part,
    a_session,
    a_site,
    a_slot,
    an_id,
    attended,
    some_facts,
)
from workflow.machine.decisions.sessions import REASONS, RULES
from workflow.rules.refusals import Refusal

WORKSHOP = v.ActivityKind.ASB_WORKSHOP
PUPIL_BORN = date(2011, 2, 10)
OTHER = an_id("other session")


def booked(case, slot, **facts):
    return RULES[c.BookSession](case, c.BookSession(slot=slot.id), some_facts(slot, **facts), NOW)


def not_booked(case, slot, **facts):
    with pytest.raises(Refusal) as refusal:
        booked(case, slot, **facts)
    return refusal.value.code


def not_moved(case, slot, **facts):
    command = c.RescheduleSession(session=OTHER, slot=slot.id, asked_by="participant")
    with pytest.raises(Refusal) as refusal:
        RULES[c.RescheduleSession](case, command, some_facts(slot, **facts), NOW)
    return refusal.value.code


def at(day, hour, minute=0, **changes):
    """A slot of two hours on a day of June 2026, in local time."""
    return a_slot(starts_at=datetime(2026, 6, day, hour - 1, minute, tzinfo=UTC), **changes)


def a_pupils_case(*sessions):
    return a_case(v.CaseState.SCHEDULED, *sessions, age_at_behaviour=v.AgeBand.AGE_14_15)


def with_a_workshop(*sessions):
    planned = (a_part(WORKSHOP, 120, v.Purpose.REHABILITATION), a_part())
    return a_case(v.CaseState.SCHEDULED, *sessions, plan=planned)


def test_nobody_of_school_age_is_booked_or_moved_into_school_time():
    waiting = a_session("other session", NOW + 5 * DAY)

    assert not_booked(a_pupils_case(), at(10, 13), birth_date=PUPIL_BORN) == "school_time"
    assert not_moved(a_pupils_case(waiting), at(10, 13), birth_date=PUPIL_BORN) == "school_time"


@pytest.mark.parametrize("slot", [at(10, 15, 30), at(13, 10)])
def test_after_school_and_on_a_saturday_a_pupil_is_booked(slot):
    assert booked(a_pupils_case(), slot, birth_date=PUPIL_BORN).facts


def test_on_a_bank_holiday_a_pupil_is_booked_by_day():
    holiday = replace(CALENDAR, holidays=CALENDAR.holidays | {date(2026, 6, 10)})

    assert booked(a_pupils_case(), at(10, 13), birth_date=PUPIL_BORN, calendar=holiday).facts


def test_who_is_sixteen_on_the_day_is_booked_in_school_time():
    assert booked(a_pupils_case(), at(10, 13), birth_date=date(2010, 6, 10)).facts


def test_a_scheme_without_school_hours_books_by_day():
    policy = POLICY.model_copy(update={"school_hours": None})

    assert booked(a_pupils_case(), at(10, 13), birth_date=PUPIL_BORN, policy=policy).facts


def test_work_that_policy_keeps_from_an_age_is_not_booked():
    policy = POLICY.with_overrides({"age_bands.adult.barred_activities": ["litter_picking"]})

    assert not_booked(a_case(), a_slot(), policy=policy) == "activity_not_for_age"


def test_an_age_for_which_policy_has_no_hours_is_not_booked():
    assert not_booked(a_pupils_case(), a_slot(), birth_date=date(2017, 1, 1)) == "activity_not_for_age"


def test_an_activity_that_the_site_does_not_offer_is_not_booked():
    site = a_site(activities=frozenset({WORKSHOP}))

    assert not_booked(a_case(), a_slot(), site=site) == "place_lacks_activity"


def test_work_is_not_booked_before_the_workshop_that_the_plan_begins_with():
    later = a_session("workshop", NOW + 3 * DAY, activity=WORKSHOP, counts=False)

    assert not_booked(with_a_workshop(), a_slot()) == "workshop_comes_first"
    assert not_booked(with_a_workshop(later), a_slot()) == "workshop_comes_first"


@pytest.mark.parametrize(
    "workshop",
    [
        attended("workshop", activity=WORKSHOP, counts=False, minutes=0),
        a_session("workshop", NOW + 20 * HOUR, activity=WORKSHOP, counts=False),
    ],
)
def test_work_is_booked_behind_a_workshop_that_was_attended_or_ends_before_it(workshop):
    (fact,) = booked(with_a_workshop(workshop), a_slot()).facts

    assert isinstance(fact, work.SessionBooked)


def test_somebody_not_to_be_met_keeps_the_place_free_at_that_time_whichever_slot_is_theirs():
    theirs = a_session("theirs", NOW + DAY + HOUR)

    code = not_booked(a_case(), a_slot(), avoided=(theirs,))

    assert (code, REASONS[code].cover) == ("must_not_meet", "no_free_place")
    assert booked(a_case(), a_slot(), avoided=(replace(theirs, site="elsewhere"),)).facts
    assert booked(a_case(), a_slot(starts_at=theirs.ends_at), avoided=(theirs,)).facts


@pytest.mark.parametrize("outcome", [None, "ATTC"])
def test_a_workshop_that_is_booked_or_done_is_not_booked_once_more_but_work_is(outcome):
    held = a_session("other session", NOW + DAY, activity=WORKSHOP, outcome=outcome and v.AttendanceOutcome(outcome))
    case = with_a_workshop(held)

    assert not_booked(case, at(11, 10, activity=WORKSHOP)) == "workshop_is_booked"
    assert booked(case, at(11, 10)).facts


@pytest.mark.parametrize("outcome", ["UACP", "AFTC", "AAME"])
def test_a_workshop_that_was_not_completed_is_booked_again(outcome):
    failed = a_session("other session", NOW - DAY, activity=WORKSHOP, outcome=v.AttendanceOutcome(outcome))

    assert booked(with_a_workshop(failed), at(11, 10, activity=WORKSHOP)).facts


def test_the_workshop_that_is_booked_moves_and_a_plan_of_two_books_two():
    held = a_session("other session", NOW + DAY, activity=WORKSHOP)
    case = with_a_workshop(held)
    slot = at(11, 10, activity=WORKSHOP)
    command = c.RescheduleSession(session=OTHER, slot=slot.id, asked_by="participant")

    assert RULES[c.RescheduleSession](case, command, some_facts(slot), NOW).facts
    assert booked(replace(case, plan=(*case.plan, case.plan[0])), slot).facts
