from dataclasses import replace
from datetime import date, timedelta

import pytest

from schemas import commands as c
from schemas.events import work
from schemas.vocabulary import ActivityKind, AttendanceOutcome, Basis, CaseState, ContactState, Purpose, Responsibility
from tests.builders.plans import (
    CHILD_BORN,
    DERBYSHIRE,
    NO_WORKSHOP,
    NOW,
    PERSON,
    SOMEBODY,
    a_case,
    a_childs_case,
    a_part,
    a_session,
    a_site,
    a_slot,
    an_affected,
    an_attended,
    planned,
    revised,
    some_facts,
)
from workflow.case.parts import Condition
from workflow.machine.decisions.plan import REASONS, RULES
from workflow.rules.refusals import Refusal

LITTER, GRAFFITI, WORKSHOP = ActivityKind.LITTER_PICKING, ActivityKind.GRAFFITI_CLEANING, ActivityKind.ASB_WORKSHOP
GIVEN = ContactState.VIEWS_GIVEN
ASKED_FOR_GRAFFITI = (an_affected(GIVEN, preference=GRAFFITI),)
PLANNED = a_case(state=CaseState.PLAN_AGREED, plan=(a_part(),), agreed_minutes=300)


def decided(command, case=None, *slots, **facts):
    return RULES[type(command)](case or a_case(), command, some_facts(*(slots or (a_slot(),)), **facts), NOW)


def refusal(*args, **kwargs):
    with pytest.raises(Refusal) as caught:
        decided(*args, **kwargs)
    assert caught.value.code in REASONS
    return caught.value


def refused(*args, **kwargs):
    return refusal(*args, **kwargs).code


def test_the_proposal_is_agreed_as_it_stands():
    (fact,) = decided(c.AgreePlan(), a_case(proposal=(a_part(),))).facts

    assert (fact.minutes, fact.overruled, fact.preference_followed, fact.note) == (300, False, None, None)


def test_there_must_be_a_proposal_or_activities():
    assert refused(c.AgreePlan()) == "nothing_proposed"
    assert refused(planned()) == "plan_without_work"


def test_a_person_may_overrule_the_proposal_with_a_reason_that_is_sealed():
    case = a_case(proposal=(a_part(),))

    decision = decided(planned(a_part(minutes=200), reason="bad back"), case)

    (fact,), (seal,) = decision.facts, decision.seals
    assert (fact.overruled, fact.minutes, fact.note) == (True, 200, seal.ref)
    assert (seal.person, seal.fields) == (case.participant, {"text": "bad back"})
    assert "back" not in fact.model_dump_json()
    assert refused(planned(a_part(minutes=200)), case) == "departure_needs_reason"


def test_without_a_proposal_nothing_is_overruled():
    assert decided(planned(a_part())).facts[0].overruled is False


def test_an_affected_persons_choice_is_followed_or_a_reason_given():
    case = a_case(affected=ASKED_FOR_GRAFFITI)
    slots = (a_slot(), a_slot("s2", activity=GRAFFITI))

    followed = decided(planned(a_part(GRAFFITI)), case, *slots).facts[0]
    with_reason = decided(planned(a_part(), reason="allergic to solvents"), case, *slots).facts[0]

    assert (followed.preference_followed, with_reason.preference_followed) == (True, False)
    assert refused(planned(a_part()), case, *slots) == "choice_needs_reason"


@pytest.mark.parametrize("contact", [c for c in ContactState if c is not GIVEN])
def test_a_consultation_still_going_on_never_holds_a_plan_up(contact):
    (fact,) = decided(planned(a_part()), a_case(affected=(an_affected(contact),))).facts

    assert fact.preference_followed is None


@pytest.mark.parametrize(
    ("basis", "kind", "code"),
    [
        (Basis.COMMUNITY_RESOLUTION, Responsibility.DENIES, "admission_denied"),
        (Basis.COMMUNITY_RESOLUTION, Responsibility.NOT_REQUIRED, "admission_needed"),
        (Basis.COMMUNITY_RESOLUTION, None, "admission_needed"),
        (Basis.ADULT_CONDITIONAL_CAUTION, Responsibility.ACCEPTS, "admission_needed"),
    ],
)
def test_the_basis_decides_whether_an_admission_is_needed(basis, kind, code):
    assert refused(planned(a_part()), a_case(basis=basis, responsibility=kind)) == code


@pytest.mark.parametrize("kind", [None, Responsibility.DENIES])
def test_outcome_22_needs_no_admission(kind):
    case = a_case(basis=Basis.OUTCOME_22, responsibility=kind)

    assert decided(planned(a_part()), case).facts[0].minutes == 300


def test_a_plan_needs_agreement_and_a_risk_assessment():
    assert refused(planned(a_part()), a_case(consents=())) == "agreement_missing"
    assert refused(planned(a_part()), a_case(risk=None)) == "risk_not_assessed"


def test_a_childs_plan_needs_an_adults_agreement():
    alone = a_childs_case(consents=("take_part:participant",))
    evening = a_slot(hours=30)

    assert refused(planned(a_part()), alone, evening, birth_date=CHILD_BORN) == "agreement_missing"
    assert decided(planned(a_part()), a_childs_case(), evening, birth_date=CHILD_BORN).facts[0].minutes == 300


def test_a_basis_without_consent_asks_for_none():
    basis = NO_WORKSHOP.bases[Basis.COMMUNITY_RESOLUTION].model_copy(update={"consent_required": False})
    policy = NO_WORKSHOP.model_copy(update={"bases": {Basis.COMMUNITY_RESOLUTION: basis}})

    assert decided(planned(a_part()), a_case(consents=()), policy=policy).facts[0].minutes == 300


def authorised(minutes, **changes):
    return a_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=minutes),), **changes)


def test_a_plan_never_holds_more_than_was_authorised():
    error = refusal(planned(a_part(minutes=301)))

    assert (error.code, dict(error.facts)) == ("hours_over_authorised", {"planned": 301, "authorised": 300})
    assert decided(planned(a_part(minutes=300))).facts[0].minutes == 300


def test_a_plan_never_holds_more_than_the_cap_even_if_more_was_authorised():
    case = authorised(1500, basis=Basis.ADULT_CONDITIONAL_CAUTION)

    assert refused(planned(a_part(minutes=1201)), case) == "hours_over_cap"
    assert decided(planned(a_part(minutes=1200)), case).facts[0].minutes == 1200


def test_a_workshop_consumes_neither_cap_nor_authorised_minutes():
    case = authorised(1200, basis=Basis.ADULT_CONDITIONAL_CAUTION)
    taught = a_part(WORKSHOP, minutes=120, purpose=Purpose.REHABILITATION)

    slots = (a_slot(), a_slot("w1", hours=23, activity=WORKSHOP))

    assert decided(planned(taught, a_part(minutes=1200)), case, *slots).facts[0].minutes == 1200


def test_no_cap_is_no_cap():
    basis = NO_WORKSHOP.bases[Basis.COMMUNITY_RESOLUTION].model_copy(update={"cap_minutes": None})
    policy = NO_WORKSHOP.model_copy(update={"bases": {Basis.COMMUNITY_RESOLUTION: basis}})

    assert decided(planned(a_part(minutes=300)), policy=policy).facts[0].minutes == 300


def test_work_cannot_pass_for_a_workshop_nor_a_workshop_for_work():
    hidden_work = (a_part(purpose=Purpose.REHABILITATION), a_part(minutes=10))

    assert refused(planned(*hidden_work)) == "purpose_not_of_activity"
    assert refused(planned(a_part(WORKSHOP))) == "purpose_not_of_activity"


def test_the_age_sets_how_much_one_case_may_hold():
    case = a_childs_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=1000),))

    assert refused(planned(a_part(minutes=901)), case, a_slot(hours=30), birth_date=CHILD_BORN) == "hours_over_age"


def test_the_age_is_that_of_the_day_of_agreement_and_not_of_today():
    case = authorised(1000, age_at_behaviour="age_16_17")
    barely = {"birth_date": date(2010, 3, 2), "policy": NO_WORKSHOP}
    yesterday = planned(a_part(minutes=901), occurred_at=NOW - timedelta(days=1))
    agreed = replace(case, consents=("take_part:responsible_adult",))

    assert refused(yesterday, agreed, a_slot(hours=30), **barely) == "hours_over_age"
    assert decided(planned(a_part(minutes=901)), agreed, a_slot(hours=30), **barely).facts[0].minutes == 901


def test_an_age_without_hours_is_stopped_by_the_work_itself():
    nine = date(2017, 1, 1)

    assert refused(planned(a_part()), a_childs_case(), birth_date=nine) == "activity_not_for_age"


def test_a_workshop_comes_first_where_the_scheme_says_so_until_it_is_done():
    taught = a_part(WORKSHOP, minutes=120, purpose=Purpose.REHABILITATION)
    done = a_session(hours=-26, activity=WORKSHOP, outcome=AttendanceOutcome.ATTC, counts=False)
    after_it = a_case(sessions=(done,))

    assert refused(planned(a_part(), taught), policy=DERBYSHIRE) == "workshop_comes_first"
    assert decided(planned(a_part()), after_it, policy=DERBYSHIRE).facts[0].minutes == 300
    assert decided(planned(taught, a_part()), after_it, policy=DERBYSHIRE).facts[0].minutes == 300


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (a_part(site="nowhere"), "place_unknown"),
        (a_part(ActivityKind.FOODBANK), "place_lacks_activity"),
        (a_part(GRAFFITI), "no_free_session"),
    ],
)
def test_each_part_has_a_place_that_offers_it_and_a_free_session(part, code):
    assert refused(planned(part)) == code


def test_a_plan_may_be_changed_within_what_was_agreed_without_a_new_session():
    full = a_slot(taken={1: SOMEBODY})

    (fact,) = decided(revised(a_part(minutes=240)), PLANNED, full).facts

    assert isinstance(fact, work.PlanRevised)
    assert fact.minutes == 240


def test_what_is_learnt_later_bars_an_agreed_place_too():
    near = {"park": a_site(near_affected=frozenset({PERSON}))}
    case = replace(PLANNED, affected=(an_affected(),))

    assert refused(revised(a_part(minutes=240)), case, sites=near) == "place_near_affected_person"


def test_a_plan_is_never_cut_below_what_is_credited():
    case = replace(PLANNED, state=CaseState.ACTIVE, sessions=(an_attended(180),))

    error = refusal(revised(a_part(minutes=179)), case)

    assert (error.code, dict(error.facts)) == ("minutes_below_credited", {"planned": 179, "credited": 180})


def test_cutting_a_plan_to_what_is_credited_meets_the_hours():
    active = replace(PLANNED, state=CaseState.ACTIVE, sessions=(an_attended(180),))

    met = decided(revised(a_part(minutes=180), reason="new job"), active)
    not_yet = decided(revised(a_part(minutes=181)), active)

    assert met.facts[1:] == (work.HoursMet(credited=180),)
    assert len(met.seals) == 1
    assert len(not_yet.facts) == 1


def test_a_plan_without_any_credit_meets_no_hours():
    assert len(decided(revised(a_part(minutes=60)), replace(PLANNED, state=CaseState.SCHEDULED)).facts) == 1
