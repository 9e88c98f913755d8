from dataclasses import replace

import pytest

from schemas.vocabulary import ActivityKind, AgeBand, AttendanceOutcome, Basis, ContactState, Purpose
from tests.builders.plans import (
    ANOTHER,
    CHILD_BORN,
    DERBYSHIRE,
    NO_WORKSHOP,
    NOW,
    PERSON,
    a_case,
    a_childs_case,
    a_part,
    a_session,
    a_site,
    a_slot,
    an_affected,
    some_facts,
)
from workflow.case.parts import Condition
from workflow.rules import planning
from workflow.rules.facts import Distance
from workflow.rules.planning import most_minutes, options
from workflow.rules.suitability import slot_bar

LITTER, GRAFFITI, WORKSHOP = ActivityKind.LITTER_PICKING, ActivityKind.GRAFFITI_CLEANING, ActivityKind.ASB_WORKSHOP
GIVEN = ContactState.VIEWS_GIVEN


def offered(*slots, case=None, **changes):
    return tuple(options(case or a_case(), some_facts(*slots, **changes), NOW))


def a_workshop(slot="w1", *, hours=23, length=2, **changes):
    return a_slot(slot, hours=hours, length=length, activity=WORKSHOP, **changes)


def test_every_part_of_a_score_is_a_sentence():
    person = an_affected(GIVEN, preference=LITTER)

    (only,) = offered(a_slot(hours=23), case=a_case(affected=(person,)), distances={"park": Distance.UNDER_3_KM})

    assert only.why == ("the affected person asked for litter picking", "under 3 km away", "starts in 23 h")
    assert only.score == 100 + 30 + 30
    assert only.first_slot == only.slot


@pytest.mark.parametrize(
    ("hours", "words", "points"), [(0, "starts in 0 h", 30), (47, "starts in 47 h", 20), (74, "starts in 3 days", 10)]
)
def test_the_soonest_start_is_worth_most(hours, words, points):
    (only,) = offered(a_slot(hours=hours))

    assert (only.why[-1], only.score) == (words, points)


def test_a_start_beyond_a_week_is_worth_nothing():
    (only,) = offered(a_slot(hours=24 * 8))

    assert (only.why[-1], only.score) == ("starts in 8 days", 0)


def test_the_best_comes_first_and_a_tie_goes_to_the_smaller_id():
    late, near, tied = a_slot("a", hours=50), a_slot("c", hours=26), a_slot("b", hours=27)

    assert [option.slot.id for option in offered(late, near, tied)] == ["b", "c", "a"]
    assert [option.slot.id for option in offered(tied, near, late)] == ["b", "c", "a"]


def test_a_choice_outweighs_nearness_and_haste():
    person = an_affected(GIVEN, preference=GRAFFITI)
    chosen = a_slot("far", hours=24 * 8, activity=GRAFFITI, site="yard")
    sites = {"park": a_site(), "yard": a_site("yard", GRAFFITI)}
    distances = {"park": Distance.UNDER_3_KM, "yard": Distance.FURTHER}

    found = offered(a_slot(hours=22), chosen, case=a_case(affected=(person,)), sites=sites, distances=distances)

    assert [option.slot.id for option in found] == ["far", "s1"]


def test_two_who_ask_for_the_same_count_twice():
    both = tuple(an_affected(GIVEN, token=token, preference=LITTER) for token in (PERSON, ANOTHER))

    (only,) = offered(a_slot(hours=24 * 8), case=a_case(affected=both))

    assert only.score == 200
    assert only.why[0] == "the affected person asked for litter picking"


def test_what_a_constraint_rules_out_is_simply_not_there():
    near = {"park": a_site(near_affected=frozenset({PERSON}))}

    assert offered(a_slot(), case=a_case(affected=(an_affected(),)), sites=near) == offered() == ()


def test_a_workshop_comes_first_and_counts_towards_nothing():
    (only,) = offered(a_slot(), a_workshop(), policy=DERBYSHIRE)

    workshop, work = only.parts
    assert (workshop.activity, workshop.minutes, workshop.purpose) == (WORKSHOP, 120, Purpose.REHABILITATION)
    assert (work.activity, work.minutes, work.purpose) == (LITTER, 300, Purpose.REPARATION)
    assert (only.first_slot.id, only.slot.id) == ("w1", "s1")


def test_no_work_is_offered_before_a_workshop_that_must_come_first():
    assert offered(a_slot(), policy=DERBYSHIRE) == ()
    assert offered(a_slot(), a_workshop(hours=25), policy=DERBYSHIRE) == ()


def test_a_workshop_is_judged_once_however_much_work_might_follow_it(monkeypatch):
    judged = []
    monkeypatch.setattr(planning, "slot_bar", lambda _, slot: judged.append(slot.id) or slot_bar(_, slot))

    found = offered(
        *(a_slot(f"s{n}", hours=48 + n) for n in range(9)), a_workshop(taken={1: ANOTHER}), policy=DERBYSHIRE
    )

    assert (found, judged.count("w1")) == ((), 1)


def test_a_workshop_leaves_room_for_the_work_of_its_day():
    same_day, day_before = a_workshop("w1", hours=23), a_workshop("w0", hours=2)
    slot = a_slot(hours=25, length=6)

    assert offered(slot, same_day, policy=DERBYSHIRE) == ()
    assert offered(slot, day_before, policy=DERBYSHIRE)[0].first_slot.id == "w0"


def test_a_workshop_that_is_done_stays_in_the_plan_and_is_not_asked_again():
    done = a_session(hours=-26, activity=WORKSHOP, outcome=AttendanceOutcome.ATTC, counts=False)
    taught = a_part(WORKSHOP, minutes=120, purpose=Purpose.REHABILITATION)

    (only,) = offered(a_slot(), case=a_case(sessions=(done,), plan=(taught, a_part())), policy=DERBYSHIRE)

    assert only.parts == (taught, a_part())


def test_each_authorised_purpose_gets_its_minutes_and_reparation_goes_first():
    conditions = (
        Condition(purpose=Purpose.PUNISHMENT, minutes=120),
        Condition(purpose=Purpose.REPARATION, minutes=180),
        Condition(purpose=Purpose.REHABILITATION, minutes=60),
    )

    (only,) = offered(a_slot(), case=a_case(conditions=conditions))

    assert [(part.purpose, part.minutes) for part in only.parts] == [
        (Purpose.REPARATION, 180),
        (Purpose.PUNISHMENT, 120),
    ]


def test_nothing_is_planned_where_no_work_was_authorised():
    assert offered(a_slot(), case=a_case(conditions=(Condition(purpose=Purpose.REHABILITATION, minutes=60),))) == ()


@pytest.mark.parametrize(
    ("authorised", "cap", "most"), [(300, 1200, 300), (1500, 1200, 1200), (1500, 60, 60), (900, None, 900)]
)
def test_a_plan_stays_within_what_was_authorised_and_the_cap(authorised, cap, most):
    case = a_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=authorised),))
    basis = NO_WORKSHOP.bases[case.basis].model_copy(update={"cap_minutes": cap})
    policy = NO_WORKSHOP.model_copy(update={"bases": {case.basis: basis}})

    assert most_minutes(case, some_facts(policy=policy), NOW) == most


def test_the_age_sets_how_much_one_case_may_hold():
    case = a_childs_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=1000),))
    without_hours = replace(case, age_at_disposal=AgeBand.UNDER_10)

    assert most_minutes(case, some_facts(birth_date=CHILD_BORN), NOW) == 900
    assert most_minutes(without_hours, some_facts(birth_date=None), NOW) == 1000


def test_a_cap_that_counts_the_workshop_leaves_less_for_work():
    case = a_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=300),))
    counts_all = {"cap_minutes": 360, "cap_counts": (Purpose.REPARATION, Purpose.REHABILITATION)}
    basis = DERBYSHIRE.bases[Basis.COMMUNITY_RESOLUTION].model_copy(update=counts_all)
    policy = DERBYSHIRE.model_copy(update={"bases": {Basis.COMMUNITY_RESOLUTION: basis}})

    (only,) = offered(a_slot(), a_workshop(), case=case, policy=policy)

    assert [part.minutes for part in only.parts] == [120, 240]
