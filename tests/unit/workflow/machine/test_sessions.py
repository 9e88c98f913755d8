from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import work
from tests.builders.sessions import (
    DAY,
    HOUR,
    NOW,
    a_case,
    a_part,
    a_session,
    a_site,
    a_slot,
    an_affected_person,
    an_id,
    attended,
    missed,
    some_facts,
)
from workflow.machine.decision import ClaimPlace, SetTimer
from workflow.machine.decisions.sessions import REASONS, RULES
from workflow.rules.refusals import Refusal

SATURDAY = NOW + 4 * DAY
PUPIL_BORN = date(2011, 1, 1)


def asked(case, command, facts, now=NOW):
    return RULES[type(command)](case, command, facts, now)


def refused(case, command, facts, now=NOW):
    with pytest.raises(Refusal) as refusal:
        asked(case, command, facts, now)
    return refusal.value.code


def booked(case, slot, now=NOW, site=None, **facts):
    return asked(case, c.BookSession(slot=slot.id), some_facts(slot, site=site, **facts), now)


def not_booked(case, slot, site=None, **facts):
    return refused(case, c.BookSession(slot=slot.id), some_facts(slot, site=site, **facts))


def a_childs_case(*sessions, **changes):
    return a_case(v.CaseState.SCHEDULED, *sessions, age_at_behaviour=v.AgeBand.AGE_14_15, **changes)


def test_a_booking_claims_the_lowest_free_place_of_the_slot():
    slot = a_slot(taken={1: an_id("another case")})

    decision = booked(a_case(), slot)

    assert decision.claims == (ClaimPlace(slot="first", place=2),)
    assert decision.facts[0].place == 2


def test_a_full_slot_is_not_booked():
    slot = a_slot(taken={1: an_id("one"), 2: an_id("two")})

    code = not_booked(a_case(), slot)

    assert code == "no_free_place"


def test_the_same_booking_decided_twice_names_the_same_session():
    decisions = [booked(a_case(), a_slot()) for _ in range(2)]

    assert decisions[0] == decisions[1]


def test_a_reminder_is_set_as_long_before_as_policy_says():
    decision = booked(a_case(), a_slot(starts_at=NOW + 3 * DAY))

    session = decision.facts[0].session
    assert decision.timers == (
        SetTimer(name=f"remind:{session}", due_at=NOW + 2 * DAY, command=c.RemindOfSession(session=session)),
    )


def test_no_reminder_is_set_for_a_time_that_has_passed():
    decision = booked(a_case(), a_slot(starts_at=NOW + 3 * HOUR))

    assert decision.timers == ()


def test_a_slot_that_has_begun_is_not_booked():
    assert not_booked(a_case(), a_slot(starts_at=NOW)) == "slot_has_begun"


def test_late_paperwork_books_a_session_that_was_booked_in_time():
    slot = a_slot(starts_at=NOW - HOUR)
    command = c.BookSession(slot=slot.id, occurred_at=NOW - DAY)

    decision = asked(a_case(), command, some_facts(slot))

    assert isinstance(decision.facts[0], work.SessionBooked)


@pytest.mark.parametrize("slot", [a_slot(provider="restoring"), a_slot(site="nowhere"), a_slot("another")])
def test_another_providers_or_an_unlisted_slot_does_not_exist(slot):
    code = refused(a_case(), c.BookSession(slot="first"), some_facts(slot))

    assert code == "slot_unknown"


@pytest.mark.parametrize(
    ("clearance", "code"),
    [(v.Clearance.AWAITED, "clearance_awaited"), (v.Clearance.REFUSED, "clearance_refused")],
)
def test_a_child_is_not_booked_before_youth_justice_has_cleared_the_case(clearance, code):
    case = a_childs_case(clearance=clearance)

    assert not_booked(case, a_slot()) == code


def test_a_cleared_child_is_booked():
    decision = booked(a_childs_case(clearance=v.Clearance.GIVEN), a_slot(starts_at=SATURDAY), birth_date=PUPIL_BORN)

    assert isinstance(decision.facts[0], work.SessionBooked)


def test_only_an_activity_of_the_plan_is_booked():
    slot = a_slot(activity=v.ActivityKind.GRAFFITI_CLEANING)

    assert not_booked(a_case(), slot) == "activity_not_in_plan"


def test_an_activity_that_the_risk_assessment_rules_out_is_not_booked():
    case = a_case(unsuitable=(v.ActivityKind.LITTER_PICKING,))

    assert not_booked(case, a_slot()) == "activity_is_unsuitable"


def test_nothing_more_is_booked_once_every_agreed_minute_is_booked():
    case = a_case(v.CaseState.SCHEDULED, a_session(starts_at=NOW + 5 * DAY, hours=10))

    assert not_booked(case, a_slot()) == "hours_are_all_booked"


def test_a_slot_longer_than_what_is_left_is_booked():
    case = a_case(v.CaseState.ACTIVE, attended(minutes=540))

    decision = booked(case, a_slot(hours=3))

    assert isinstance(decision.facts[0], work.SessionBooked)


def test_a_workshop_may_be_booked_beside_full_hours_and_counts_towards_none():
    workshop = v.ActivityKind.ASB_WORKSHOP
    planned = (a_part(), a_part(workshop, 120, v.Purpose.REHABILITATION))
    case = a_case(v.CaseState.SCHEDULED, a_session(starts_at=NOW + 5 * DAY, hours=10), plan=planned)

    decision = booked(case, a_slot(activity=workshop))

    assert decision.facts[0].counts is False


def test_a_participant_is_not_booked_in_two_places_at_once():
    case = a_case(v.CaseState.SCHEDULED, a_session("other", NOW + DAY + HOUR))

    assert not_booked(case, a_slot()) == "session_overlaps"


def test_a_cancelled_session_is_in_nobodys_way():
    case = a_case(v.CaseState.SCHEDULED, a_session("other", NOW + DAY + HOUR, cancelled=True))

    assert isinstance(booked(case, a_slot()).facts[0], work.SessionBooked)


@pytest.mark.parametrize(
    ("local_hour", "code"), [(6, "outside_hours_for_age"), (19, "outside_hours_for_age"), (21, "outside_hours_for_age")]
)
def test_the_age_on_the_day_sets_the_earliest_and_the_latest_time(local_hour, code):
    starts = datetime(2026, 6, 10, local_hour - 1, tzinfo=UTC)

    assert not_booked(a_case(), a_slot(starts_at=starts)) == code


def test_a_session_over_midnight_is_outside_every_age():
    starts = datetime(2026, 6, 10, 22, tzinfo=UTC)

    assert not_booked(a_case(), a_slot(starts_at=starts, hours=10)) == "outside_hours_for_age"


def test_sixteen_begins_with_the_birthday_and_brings_longer_sessions():
    slot, case = a_slot(starts_at=SATURDAY, hours=4), a_childs_case(clearance=v.Clearance.GIVEN)

    decision = booked(case, slot, birth_date=date(2010, 6, 13))

    assert isinstance(decision.facts[0], work.SessionBooked)


def test_the_day_before_the_sixteenth_birthday_the_shorter_session_holds():
    slot, case = a_slot(starts_at=SATURDAY, hours=4), a_childs_case(clearance=v.Clearance.GIVEN)

    assert not_booked(case, slot, birth_date=date(2010, 6, 14)) == "session_too_long_for_age"


def test_without_a_birth_date_the_age_at_disposal_stands_in():
    case = a_childs_case(age_at_disposal=v.AgeBand.AGE_10_11)

    assert not_booked(case, a_slot(starts_at=SATURDAY), birth_date=None) == "session_too_long_for_age"


def test_without_a_disposal_either_the_age_at_behaviour_stands_in():
    case = a_childs_case(age_at_disposal=None)

    assert not_booked(case, a_slot(starts_at=SATURDAY, hours=4), birth_date=None) == "session_too_long_for_age"


def test_a_day_is_no_longer_than_the_age_allows():
    case = a_case(v.CaseState.SCHEDULED, a_session("other", NOW + DAY - 3 * HOUR, hours=3))

    assert not_booked(case, a_slot(hours=5)) == "day_too_long_for_age"


def test_a_week_is_no_longer_than_the_age_allows():
    week = [attended(f"day {n}", NOW + n * DAY, 400) for n in (-1, 2, 3)]
    case = a_case(v.CaseState.SCHEDULED, *week, agreed_minutes=3000)
    case = replace(case, conditions=(replace(case.conditions[0], minutes=3000),))

    assert not_booked(case, a_slot()) == "week_too_long_for_age"


def test_a_missed_session_leaves_its_hours_to_another():
    case = a_case(v.CaseState.SCHEDULED, missed("other", NOW + DAY - 6 * HOUR))

    assert booked(case, a_slot(hours=6)).facts


def test_a_child_is_not_booked_at_a_site_that_does_not_suit_children():
    site = a_site(suits_children=False)

    code = not_booked(a_childs_case(), a_slot(starts_at=SATURDAY), site=site, birth_date=PUPIL_BORN)

    assert code == "site_not_for_children"


def test_an_adult_is_booked_at_such_a_site():
    assert booked(a_case(), a_slot(), site=a_site(suits_children=False)).facts


def test_a_session_ends_before_a_limit_set_by_statute():
    facts = {"limit_origins": {"limitation": NOW + DAY + HOUR}}

    assert not_booked(a_case(), a_slot(), **facts) == "slot_after_limit"


def test_the_date_that_the_referrer_set_bars_a_booking_beyond_it():
    facts = {"limit_origins": {"complete_by": NOW + DAY + HOUR}}

    assert not_booked(a_case(), a_slot(), **facts) == "slot_after_limit"


def test_a_place_near_an_affected_person_looks_full_to_those_who_may_not_know():
    person = an_affected_person()
    site = a_site(near_affected=frozenset({person.token}))

    code = not_booked(a_case(affected=(person,)), a_slot(), site=site)

    assert (code, REASONS[code].cover) == ("site_near_affected_person", "no_free_place")


def test_a_slot_with_somebody_who_must_not_be_met_looks_full_to_those_who_may_not_know():
    other = an_id("another case")

    code = not_booked(a_case(), a_slot(taken={1: other}), must_not_meet=frozenset({other}))

    assert (code, REASONS[code].cover) == ("must_not_meet", "no_free_place")


def test_a_reason_is_sealed_and_the_fact_holds_its_reference_alone():
    slot = a_slot()

    decision = asked(a_case(), c.BookSession(slot=slot.id, reason="an invented reason"), some_facts(slot))

    seal = decision.seals[0]
    assert seal.fields == {"text": "an invented reason"}
    assert decision.facts[0].note == seal.ref
    assert "invented" not in decision.facts[0].model_dump_json()
