import pytest

from schemas import vocabulary as v
from schemas.envelope import Envelope, Recorded
from schemas.events import intake, people, work
from tests.builders.sessions import NOW, a_case, an_affected_person, an_id, missed
from workflow.case.evolve import evolve
from workflow.case.parts import Condition

FIRST, PERSON = an_id("first"), an_id("resident")


def after(case, fact):
    envelope = Envelope(
        tenant="derbyshire",
        case_id=case.id,
        sequence=case.version + 1,
        event_id=an_id("event"),
        occurred_at=NOW,
        recorded_at=NOW,
        state_before=case.state,
        state_after=case.state,
        actor="manager-1",
        correlation=an_id("request"),
    )
    return evolve(case, Recorded(envelope=envelope, fact=fact))


def a_case_with(**changes):
    return a_case(affected=(an_affected_person(**changes), an_affected_person("other")))


def test_attempts_add_up_for_the_person_they_were_made_for():
    fact = people.ContactAttempted(affected=PERSON, contact="attempting", channel="call", reached=False)
    case = a_case(affected=(an_affected_person(), an_affected_person("other")))

    case = after(after(case, fact), fact)

    assert case.person(PERSON).attempts == ("call", "call")
    assert case.person(an_id("other")).attempts == ()


def test_an_attempt_for_nobody_known_changes_nobody():
    fact = people.ContactAttempted(affected=an_id("unknown"), contact="attempting", channel="call", reached=False)
    case = a_case(affected=(an_affected_person(),))

    assert after(case, fact).affected == case.affected


def test_whoever_left_keeps_the_fact_of_consultation_and_gets_no_updates():
    case = a_case(affected=(an_affected_person(consulted=True),))

    case = after(case, people.AffectedPersonWithdrew(affected=PERSON, contact="withdrawn"))

    person = case.person(PERSON)
    assert (person.contact, person.consulted, person.wants_updates) == (v.ContactState.WITHDRAWN, True, False)


def test_an_amendment_resizes_what_counts_and_leaves_rehabilitation():
    case = a_case(
        conditions=(
            Condition(purpose=v.Purpose.REHABILITATION, minutes=60),
            Condition(purpose=v.Purpose.PUNISHMENT, minutes=100),
        )
    )
    fact = intake.ReferralAmended(
        agency="police-1",
        message_id=an_id("amendment"),
        authorised_minutes=300,
        limitation="date",
        limitation_known=True,
    )

    case = after(case, fact)

    assert case.authorised_minutes == 300
    assert {part.purpose for part in case.conditions} == {v.Purpose.REPARATION, v.Purpose.REHABILITATION}
    assert case.limitation_known


def test_consent_taken_back_is_gone_for_that_purpose_alone():
    given = {"given_by": "participant", "explained_as": "spoken", "minutes_to_consider": 5}
    case = a_case(consents=())
    for purpose in ("work", "photographs"):
        case = after(case, people.ConsentGiven(purpose=purpose, **given))

    case = after(case, people.ConsentWithdrawn(purpose="photographs"))

    assert case.consents == ("work:participant",)


@pytest.mark.parametrize(
    ("fact", "wants_updates"),
    [
        (people.ViewsRecorded(affected=PERSON, contact="views_given", wants_updates=False), False),
        (people.UpdatesOnlyChosen(affected=PERSON, contact="updates_only"), True),
        (people.InvolvementDeclined(affected=PERSON, contact="declined"), False),
    ],
)
def test_whoever_answered_was_consulted_and_gets_the_updates_that_were_wanted(fact, wants_updates):
    case = after(a_case_with(wants_updates=not wants_updates), fact)

    person = case.person(PERSON)
    assert (person.contact, person.consulted, person.wants_updates) == (fact.contact, True, wants_updates)
    assert not case.person(an_id("other")).consulted


def test_a_preference_is_kept_with_the_view():
    fact = people.ViewsRecorded(
        affected=PERSON, contact="views_given", wants_updates=True, preference="foodbank", remedy="help"
    )

    person = after(a_case_with(), fact).person(PERSON)

    assert (person.preference, person.remedy) == (v.ActivityKind.FOODBANK, "help")


def test_satisfaction_is_kept_with_the_person_who_told_it():
    fact = people.SatisfactionRecorded(affected=PERSON, contact="views_given", score=4)

    assert [person.satisfaction for person in after(a_case_with(), fact).affected] == [4, None]


def test_what_the_participant_says_of_responsibility_is_kept():
    fact = people.ResponsibilityRecorded(kind="accepts")

    assert after(a_case(), fact).responsibility is v.Responsibility.ACCEPTS


def test_a_new_risk_assessment_replaces_what_is_unsuitable():
    fact = people.RiskAssessed(level="medium", unsuitable=("foodbank",))

    case = after(a_case(unsuitable=(v.ActivityKind.GRAFFITI_CLEANING,)), fact)

    assert (case.risk, case.unsuitable) == ("medium", (v.ActivityKind.FOODBANK,))


def test_reoffending_is_flagged_on_the_case():
    assert after(a_case(v.CaseState.RETURNED), people.ReoffendingFlagged(within_months=6)).reoffended


def test_a_final_warning_adds_its_ground_to_the_first():
    case = a_case(v.CaseState.ACTIVE, missed(), missed("second"), stage=v.Stage.WARNED, warned_for=(FIRST,))

    case = after(case, work.FinalWarningIssued(session=an_id("second"), stage="final_warned"))

    assert (case.stage, case.warned_for) == (v.Stage.FINAL_WARNED, (FIRST, an_id("second")))
