from datetime import date, timedelta

import pytest

from schemas import commands as c
from schemas.events import life, people
from schemas.vocabulary import ActivityKind, Basis, CaseState, Responsibility, Role
from tests.builders.plans import CHILD_BORN, NOW, a_case, a_childs_case, a_session, an_actor, some_facts
from workflow.machine.decision import ReleaseLoad, ReleasePlace
from workflow.machine.decisions.people import REASONS, RULES
from workflow.machine.machines import next_state
from workflow.rules.agreement import consent_is_given
from workflow.rules.refusals import Refusal

ALTERNATIVE = {"given_by": "manager_alternative"}
BY_ADULT = {"given_by": "responsible_adult"}


def decided(command, case=None, **facts):
    return RULES[type(command)](case or a_case(), command, some_facts(**facts), NOW)


def for_child(case=None, *, roles=(), **command):
    asked = c.RecordConsent(**command)
    return decided(asked, case or a_childs_case(), birth_date=CHILD_BORN, actor=an_actor(*roles))


def refused(call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    assert caught.value.code in REASONS
    return caught.value.code


def test_an_adult_agrees_in_person_and_how_it_was_explained_is_kept():
    command = c.RecordConsent(explanation={"format": "easy_read", "minutes_to_consider": 45})

    (fact,) = decided(command).facts

    assert (fact.given_by, fact.explained_as, fact.minutes_to_consider) == ("participant", "easy_read", 45)
    assert fact.note is None


@pytest.mark.parametrize(
    "explanation",
    [{"told_of_right_to_advice": False}, {"told_refusal_has_no_penalty": False}, {"minutes_to_consider": 0}],
)
def test_an_agreement_that_is_not_informed_is_refused(explanation):
    assert refused(decided, c.RecordConsent(explanation=explanation)) == "agreement_not_informed"


@pytest.mark.parametrize("given_by", ["responsible_adult", "manager_alternative"])
def test_nobody_agrees_for_an_adult(given_by):
    assert refused(decided, c.RecordConsent(given_by=given_by)) == "adult_agrees_in_person"


def test_a_child_does_not_agree_alone():
    assert refused(for_child) == "child_needs_an_adult"


def test_who_turned_eighteen_agrees_in_person_from_the_birthday_on():
    eighteen = {"birth_date": date(2008, 3, 2)}
    the_day_before = c.RecordConsent(occurred_at=NOW - timedelta(days=1))

    assert decided(c.RecordConsent(), a_childs_case(), **eighteen).facts[0].given_by == "participant"
    assert refused(decided, the_day_before, a_childs_case(), **eighteen) == "child_needs_an_adult"


def test_an_adult_with_recorded_authority_agrees_for_a_child():
    (fact,) = for_child(responsible_adult=0, **BY_ADULT).facts

    assert (fact.given_by, fact.responsible_adult) == ("responsible_adult", 0)
    assert for_child(**BY_ADULT).facts[0].responsible_adult is None


@pytest.mark.parametrize(("adults", "named"), [(0, None), (1, 1), (1, -1)])
def test_an_adult_without_authority_on_record_cannot_agree(adults, named):
    case = a_childs_case(responsible_adults=adults)

    assert refused(for_child, case, responsible_adult=named, **BY_ADULT) == "no_adult_with_authority"


def test_a_manager_approves_an_alternative_with_a_reason_that_is_sealed():
    decision = for_child(roles=(Role.MANAGER,), reason="estranged from both", **ALTERNATIVE)

    (seal,) = decision.seals
    assert seal.person == a_childs_case().participant
    assert seal.fields == {"text": "estranged from both"}
    assert decision.facts[0].note == seal.ref
    assert "estranged" not in decision.facts[0].model_dump_json()


def test_an_alternative_needs_a_manager_and_a_reason():
    assert refused(for_child, roles=(Role.CASEWORKER,), reason="x", **ALTERNATIVE) == "alternative_needs_manager"
    assert refused(for_child, roles=(Role.MANAGER,), **ALTERNATIVE) == "alternative_needs_reason"


def test_taking_part_withdrawn_ends_the_case_and_gives_everything_back():
    case = a_case(state=CaseState.SCHEDULED, sessions=(a_session(),))

    decision = decided(c.WithdrawConsent(), case)

    assert decision.facts[0] == people.ConsentWithdrawn(purpose="take_part")
    assert decision.facts[-1] == life.CaseWithdrawn(by="participant")
    assert next_state(case.state, decision.facts[-1], None) is CaseState.WITHDRAWN
    assert set(decision.claims) == {ReleasePlace(slot="held-1", place=1), ReleaseLoad(caseworker="ada")}


def test_another_agreement_withdrawn_changes_nothing_else():
    case = a_case(consents=("take_part:participant", "photograph:participant"))

    decision = decided(c.WithdrawConsent(purpose="photograph"), case)

    assert decision.facts == (people.ConsentWithdrawn(purpose="photograph"),)
    assert (decision.claims, decision.timers) == ((), ())


def test_only_what_was_agreed_is_taken_back():
    assert refused(decided, c.WithdrawConsent(purpose="photograph")) == "agreement_not_given"


@pytest.mark.parametrize("kind", [Responsibility.ADMITS, Responsibility.ACCEPTS, Responsibility.DENIES])
def test_what_is_said_of_responsibility_is_recorded_denials_too(kind):
    assert decided(c.RecordResponsibility(kind=kind)).facts == (people.ResponsibilityRecorded(kind=kind),)


def test_an_admission_that_the_basis_needs_cannot_be_waived():
    waived = c.RecordResponsibility(kind=Responsibility.NOT_REQUIRED)

    assert refused(decided, waived) == "admission_cannot_be_waived"
    assert decided(waived, a_case(basis=Basis.OUTCOME_22)).facts[0].kind is Responsibility.NOT_REQUIRED


def test_a_risk_assessment_keeps_its_words_sealed():
    command = c.AssessRisk(level="medium", unsuitable=(ActivityKind.FOODBANK,), note="afraid of dogs")

    decision = decided(command)

    assert decision.facts[0].unsuitable == (ActivityKind.FOODBANK,)
    assert decision.facts[0].note == decision.seals[0].ref
    assert "dogs" not in decision.facts[0].model_dump_json()


def test_a_risk_assessment_without_words_seals_nothing():
    assert decided(c.AssessRisk(level="low")).seals == ()


def test_what_a_childs_adult_agreed_is_enough_for_a_plan():
    assert consent_is_given(a_childs_case(), by_adult=True)
