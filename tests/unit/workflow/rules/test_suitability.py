from dataclasses import replace
from datetime import date, timedelta

import pytest

from schemas.vocabulary import ActivityKind, AgeBand, AttendanceOutcome, Basis
from tests.builders.plans import (
    CHILD_BORN,
    DERBYSHIRE,
    HOUR,
    NOW,
    PERSON,
    SOMEBODY,
    a_case,
    a_childs_case,
    a_session,
    a_site,
    a_slot,
    an_affected,
    some_facts,
)
from workflow.rules.suitability import Bar, place_bar, seeker, slot_bar, workshop_is_done

LITTER, GARDEN = ActivityKind.LITTER_PICKING, ActivityKind.COMMUNITY_GARDEN
TODAY = date(2026, 3, 2)
OUTCOME = AttendanceOutcome


def barred(slot, case=None, **changes):
    facts = some_facts(slot, **changes)
    return slot_bar(seeker(case or a_case(), facts, NOW), slot)


def barred_for_child(slot, case=None, **changes):
    return barred(slot, case or a_childs_case(), birth_date=CHILD_BORN, **changes)


def test_a_free_slot_at_an_open_place_suits_an_adult():
    assert barred(a_slot()) is None


@pytest.mark.parametrize("sites", [{}, {"park": a_site(provider="another")}])
def test_a_place_is_one_of_the_providers(sites):
    assert place_bar(a_case(), some_facts(sites=sites), "park", LITTER, TODAY) is Bar.PLACE_UNKNOWN


def test_a_place_offers_the_activity():
    assert place_bar(a_case(), some_facts(), "park", GARDEN, TODAY) is Bar.PLACE_LACKS_ACTIVITY


def test_the_risk_assessment_rules_an_activity_out():
    assert barred(a_slot(), a_case(unsuitable=(LITTER,))) is Bar.ACTIVITY_UNSUITABLE


def test_policy_keeps_an_activity_from_an_age():
    policy = DERBYSHIRE.with_overrides({"age_bands.adult.barred_activities": ["litter_picking"]})

    assert barred(a_slot(), policy=policy) is Bar.ACTIVITY_NOT_FOR_AGE


def test_an_age_without_hours_works_nowhere():
    case = a_childs_case(age_at_behaviour=AgeBand.UNDER_10, age_at_disposal=AgeBand.UNDER_10)

    assert barred(a_slot(), case, birth_date=None) is Bar.ACTIVITY_NOT_FOR_AGE


def test_a_child_goes_only_where_the_place_suits_children():
    sites = {"park": a_site(suits_children=False)}

    assert barred_for_child(a_slot(hours=30), sites=sites) is Bar.PLACE_NOT_FOR_CHILDREN
    assert barred(a_slot(), sites=sites) is None


def test_age_is_that_of_the_session_and_not_of_today():
    turns_eighteen = date(2008, 3, 4)
    sites = {"park": a_site(suits_children=False)}

    the_day_before = barred(a_slot(hours=26), a_childs_case(), birth_date=turns_eighteen, sites=sites)
    the_birthday = barred(a_slot(hours=50), a_childs_case(), birth_date=turns_eighteen, sites=sites)

    assert (the_day_before, the_birthday) == (Bar.PLACE_NOT_FOR_CHILDREN, None)


def test_a_place_near_an_affected_person_of_this_case_is_out():
    near = {"park": a_site(near_affected=frozenset({PERSON}))}

    assert barred(a_slot(), a_case(affected=(an_affected(),)), sites=near) is Bar.PLACE_NEAR_AFFECTED_PERSON
    assert barred(a_slot(), sites=near) is None


def test_another_providers_slot_is_no_offer():
    assert barred(a_slot(provider="another")) is Bar.SLOT_OF_ANOTHER_PROVIDER


def test_a_session_that_has_begun_is_no_offer():
    assert barred(a_slot(hours=-1)) is Bar.SLOT_HAS_STARTED
    assert barred(a_slot(hours=0)) is None


def test_a_full_slot_is_no_offer():
    assert barred(a_slot(taken={1: SOMEBODY})) is Bar.SLOT_IS_FULL


def test_the_age_sets_the_longest_session():
    assert barred_for_child(a_slot(hours=30, length=4)) is Bar.TOO_LONG
    assert barred_for_child(a_slot(hours=30, length=3)) is None
    assert barred(a_slot(length=7)) is None


@pytest.mark.parametrize(
    ("hours", "length", "bar"),
    [
        (20, 4, Bar.TOO_EARLY_OR_LATE),
        (21, 4, None),
        (31, 3, None),
        (31, 4, Bar.TOO_EARLY_OR_LATE),
        (37, 4, Bar.TOO_EARLY_OR_LATE),
    ],
)
def test_the_age_sets_the_earliest_and_the_latest_time(hours, length, bar):
    assert barred(a_slot(hours=hours, length=length)) is bar


def test_times_are_those_of_a_clock_in_london():
    at_seven_summer_time = a_slot(hours=24 * 28 - 4)

    assert barred(at_seven_summer_time) is None
    assert barred(a_slot(hours=24 - 4)) is Bar.TOO_EARLY_OR_LATE


def test_a_pupil_is_not_taken_out_of_school():
    assert barred_for_child(a_slot(hours=25)) is Bar.SCHOOL_TIME
    assert barred_for_child(a_slot(hours=29.5)) is None


def test_school_keeps_nobody_on_a_weekend_or_bank_holiday_or_past_school_age():
    saturday, good_friday = 24 * 5 + 1, 24 * 32
    older = a_childs_case(age_at_disposal=AgeBand.AGE_16_17)

    assert barred_for_child(a_slot(hours=saturday)) is None
    assert barred_for_child(a_slot(hours=good_friday)) is None
    assert barred(a_slot(hours=25), older, birth_date=None) is None


def test_a_scheme_without_school_hours_asks_for_none():
    assert barred_for_child(a_slot(hours=25), policy=DERBYSHIRE.model_copy(update={"school_hours": None})) is None


@pytest.mark.parametrize("name", ["limitation", "complete_by"])
def test_a_session_ends_before_a_supplied_limit(name):
    slot = a_slot()

    assert barred(slot, limit_origins={name: slot.ends_at}) is None
    assert barred(slot, limit_origins={name: slot.ends_at - timedelta(minutes=1)}) is Bar.AFTER_A_LIMIT


def test_a_session_ends_before_the_limit_of_the_basis():
    weeks = DERBYSHIRE.bases[Basis.COMMUNITY_RESOLUTION].limits[0].length

    assert barred(a_slot(hours=24 * 7 * (weeks - 1))) is None
    assert barred(a_slot(hours=24 * 7 * (weeks + 1))) is Bar.AFTER_A_LIMIT


def test_nobody_is_in_two_places_at_once():
    assert barred(a_slot(), a_case(sessions=(a_session(hours=27),))) is Bar.CLASHES
    assert barred(a_slot(), a_case(sessions=(a_session(hours=28),))) is None


@pytest.mark.parametrize("changes", [{"cancelled": True}, {"outcome": OUTCOME.UACP}])
def test_a_session_that_was_not_held_takes_no_time(changes):
    assert barred(a_slot(), a_case(sessions=(a_session(hours=26, **changes),))) is None


def test_the_age_sets_the_longest_day():
    morning = a_session(hours=22, length=4)

    assert barred(a_slot(hours=27, length=4), a_case(sessions=(morning,))) is Bar.DAY_IS_FULL
    assert barred(a_slot(hours=27, length=3), a_case(sessions=(morning,))) is None


def test_the_age_sets_the_longest_week_from_monday():
    days = tuple(a_session(day, hours=24 * day, length=7) for day in (1, 2))
    sunday_before = a_session(3, hours=-24, length=7, outcome=OUTCOME.ATTC)
    thursday = a_slot(hours=24 * 3, length=7)

    assert barred(thursday, a_case(sessions=days)) is Bar.WEEK_IS_FULL
    assert barred(thursday, a_case(sessions=(days[0], sunday_before))) is None


def test_two_who_must_not_meet_are_kept_out_of_one_slot():
    slot = a_slot(capacity=2, taken={1: SOMEBODY})

    assert barred(slot, must_not_meet=frozenset({SOMEBODY})) is Bar.CO_ATTENDANCE
    assert barred(slot) is None


def test_two_who_must_not_meet_are_kept_out_of_one_place_at_one_time():
    slot = a_slot()
    beside = a_slot("s2", hours=27, taken={1: SOMEBODY})
    elsewhere = replace(beside, site="yard")
    later = replace(beside, starts_at=slot.ends_at, ends_at=slot.ends_at + HOUR)

    def apart(other):
        facts = some_facts(slot, other, must_not_meet=frozenset({SOMEBODY}))
        return slot_bar(seeker(a_case(), facts, NOW), slot)

    assert [apart(other) for other in (beside, elsewhere, later)] == [Bar.CO_ATTENDANCE, None, None]


@pytest.mark.parametrize(
    ("outcome", "done"), [(OUTCOME.ATTC, True), (OUTCOME.ATSS, False), (OUTCOME.AFTC, False), (None, False)]
)
def test_a_workshop_is_done_when_it_was_completed(outcome, done):
    workshop = a_session(activity=ActivityKind.ASB_WORKSHOP, outcome=outcome)

    assert workshop_is_done(a_case(sessions=(workshop,))) is done
    assert not workshop_is_done(a_case(sessions=(a_session(outcome=OUTCOME.ATTC),)))
