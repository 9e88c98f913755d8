"""Who and what a scheme may take on, and which reason it gives for saying no."""

from datetime import date

import pytest

from schemas.vocabulary import AgeBand, Basis, BehaviourKind, Door, LimitationKind, Purpose
from tests.builders import cases as b
from workflow.case.parts import Condition
from workflow.rules import eligibility
from workflow.rules.eligibility import (
    DECLINED_AS,
    NEVER_ACCEPTED,
    findings,
    ineligible,
    limitation_gap,
    suggested_decline,
)
from workflow.schemes.words import Handling

DAY = date(2026, 3, 2)
DERBYSHIRE, DURHAM = b.a_policy(), b.a_policy("durham")


def minutes(amount, purpose=Purpose.REPARATION):
    return Condition(purpose=purpose, minutes=amount)


def test_graffiti_by_an_adult_is_eligible():
    assert ineligible(b.a_received_case(), DERBYSHIRE, day=DAY) is None
    assert suggested_decline(b.a_received_case(), DERBYSHIRE, day=DAY) is None


@pytest.mark.parametrize("behaviour", sorted(NEVER_ACCEPTED))
def test_burglary_robbery_and_sexual_offences_are_never_accepted_whatever_a_policy_says(behaviour):
    lax = DERBYSHIRE.with_overrides({"eligibility.excluded_behaviours": []})
    case = b.a_received_case(behaviour=behaviour)

    assert ineligible(case, lax, day=DAY) == "behaviour_excluded"
    assert suggested_decline(case, lax, day=DAY) == "excluded_behaviour"


def test_a_policy_may_exclude_more():
    case = b.a_received_case(behaviour=BehaviourKind.WEAPON)

    assert ineligible(case, DERBYSHIRE, day=DAY) == "behaviour_excluded"


@pytest.mark.parametrize(("age", "floor", "code"), [(11, 12, "under_age_floor"), (12, 12, None), (13, 12, None)])
def test_the_age_floor_is_judged_in_whole_years_at_the_behaviour(age, floor, code):
    policy = DERBYSHIRE.with_overrides({"eligibility.age_floor": floor})

    assert ineligible(b.a_received_case(child=True), policy, day=DAY, age=age) == code


def test_without_an_age_the_bands_first_year_decides():
    policy = DERBYSHIRE.with_overrides({"eligibility.age_floor": 11})
    case = b.a_received_case(child=True, age_at_behaviour=AgeBand.AGE_10_11)

    assert ineligible(case, policy, day=DAY) == "under_age_floor"
    assert suggested_decline(case, policy, day=DAY) == "age"


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"basis": Basis.DEFERRED_PROSECUTION}, DAY),
        ({"door": Door.NO_CRIME}, DAY),
        ({}, date(2023, 6, 30)),
    ],
)
def test_a_basis_is_taken_only_where_and_while_it_is_admitted(changes, day):
    case = b.a_received_case(**changes)

    assert ineligible(case, DERBYSHIRE, day=day) == "basis_not_in_force"
    assert suggested_decline(case, DERBYSHIRE, day=day) == "not_eligible"


def test_a_basis_for_children_is_judged_by_the_age_at_disposal_and_else_at_behaviour():
    turned = b.a_received_case(child=True, age_at_disposal=AgeBand.ADULT)

    assert ineligible(turned, DERBYSHIRE, day=DAY) == "basis_not_for_age"
    assert ineligible(b.a_received_case(child=True, age_at_disposal=None), DERBYSHIRE, day=DAY) is None


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ((minutes(1200),), None),
        ((minutes(1201),), "authorised_over_cap"),
        ((minutes(1200), minutes(600, Purpose.REHABILITATION)), None),
        ((minutes(1000), minutes(201, Purpose.PUNISHMENT)), "authorised_over_cap"),
    ],
)
def test_the_cap_of_a_caution_counts_what_the_statute_counts(conditions, code):
    case = b.a_received_case(basis=Basis.ADULT_CONDITIONAL_CAUTION, conditions=conditions)

    assert ineligible(case, DERBYSHIRE, day=DAY) == code


def test_marks_of_a_referral_call_for_what_the_policy_says():
    policy = DERBYSHIRE.with_overrides({"eligibility.repeat.handling": "decline"})
    case = b.a_received_case(flags=("co_accused", "repeat", "unsafe_adult:0"))

    assert findings(case, policy) == (("repeat", Handling.DECLINE), ("co_accused", Handling.ASK))
    assert suggested_decline(case, policy, day=DAY) == "persistent"
    assert suggested_decline(case, DERBYSHIRE, day=DAY) is None


def test_every_code_has_a_reason_to_decline_for():
    codes = {value for name, value in vars(eligibility).items() if name.isupper() and isinstance(value, str)}

    assert codes == set(DECLINED_AS)


@pytest.mark.parametrize(
    ("door", "kind", "known", "gap"),
    [
        (Door.CRIME_OOCR, None, False, "/limitation"),
        (Door.NO_CRIME, None, False, None),
        (Door.CRIME_OOCR, LimitationKind.SUMMARY_ONLY, False, "/limitation/on"),
        (Door.NO_CRIME, LimitationKind.SUMMARY_ONLY, False, "/limitation/on"),
        (Door.CRIME_OOCR, LimitationKind.SUMMARY_ONLY, True, None),
        (Door.CRIME_OOCR, LimitationKind.NONE, True, None),
        (Door.CRIME_OOCR, LimitationKind.DATE, True, None),
    ],
)
def test_a_limitation_is_asked_for_and_never_derived(door, kind, known, gap):
    assert limitation_gap(door, kind, known=known) == gap
