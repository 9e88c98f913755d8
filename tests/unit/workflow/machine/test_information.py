"""What the referrer corrects, is asked and answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from schemas import commands as c
from schemas.events import intake
from schemas.vocabulary import (
    AgencyKind,
    Basis,
    CaseState,
    ClockOrigin,
    ClockStatus,
    Door,
    LimitationKind,
    OrganisationKind,
    Purpose,
    Role,
)
from tests.builders import cases as b
from tests.builders.sessions import a_clock
from workflow.case.parts import Clock, Condition
from workflow.machine.decide import decide
from workflow.machine.decision import CancelTimer
from workflow.machine.decisions import triage
from workflow.rules.refusals import Refusal

NOW = b.RECEIVED_AT + timedelta(hours=1)
BY_POLICE = b.some_facts(actor=b.an_agency())
BY_HOUSING = b.some_facts(actor=b.an_agency(b.HOUSING, OrganisationKind.HOUSING))
JOINT = (b.a_referrer(), b.a_referrer(agency=b.HOUSING, kind=AgencyKind.HOUSING, governs=False))
LAST_DAY = datetime(2026, 8, 31, 12, tzinfo=UTC)
AFTER_LAST_DAY = datetime(2026, 8, 31, 23, tzinfo=UTC)


def amended(**changes):
    return c.AmendReferral(message_id=UUID(int=77), **changes)


def awaiting(**changes):
    return b.a_received_case(state=CaseState.AWAITING_INFORMATION, **changes)


def refusal_of(case, command, facts=BY_POLICE):
    with pytest.raises(Refusal) as refused:
        decide(case, command, facts, NOW)
    assert refused.value.code in triage.REASONS
    return refused.value.code


def due_times(decision):
    return {timer.name: timer.due_at for timer in decision.timers if not isinstance(timer, CancelTimer)}


def test_the_governing_referrer_may_change_the_minutes():
    workshop = Condition(purpose=Purpose.REHABILITATION, minutes=120)
    case = b.a_received_case(conditions=(Condition(purpose=Purpose.REPARATION, minutes=600), workshop))

    decision = decide(case, amended(authorised_minutes=480), BY_POLICE, NOW)

    changed = b.after(case, decision, NOW)
    assert changed.authorised_minutes == 480
    assert workshop in changed.conditions
    assert decision.seals == ()


def test_an_amendments_note_is_sealed_and_named_only_by_its_place():
    decision = decide(b.a_received_case(), amended(note="Ask for Mr Grimsargh."), BY_POLICE, NOW)

    (fact,) = decision.facts
    assert [(seal.ref, seal.person, seal.kind) for seal in decision.seals] == [(fact.note, b.PARTICIPANT, "note")]
    assert "Grimsargh" not in fact.model_dump_json()


@pytest.mark.parametrize(
    ("case", "minutes", "facts", "code"),
    [
        (b.a_received_case(referrers=JOINT), 480, BY_HOUSING, "other_referrer_governs"),
        (b.a_case_with_plan(), 599, BY_POLICE, "authorised_below_agreed"),
        (b.a_received_case(), 1201, BY_POLICE, "authorised_over_cap"),
    ],
)
def test_minutes_are_changed_only_by_who_governs_and_within_cap_and_plan(case, minutes, facts, code):
    assert refusal_of(case, amended(authorised_minutes=minutes), facts) == code


@pytest.mark.parametrize("stated", [{"limitation": "none"}, {"limitation": "date", "limitation_on": LAST_DAY}])
def test_a_referrer_that_joined_states_no_limitation_and_may_add_a_note(stated):
    case = b.a_received_case(referrers=JOINT)

    assert refusal_of(case, amended(**stated), BY_HOUSING) == "other_referrer_governs"
    assert decide(case, amended(note="There is a dog."), BY_HOUSING, NOW).facts[0].note is not None


def test_minutes_under_a_basis_that_the_policy_does_not_know_have_no_cap_to_keep():
    case = b.a_received_case(basis=Basis.DEFERRED_PROSECUTION)

    changed = b.after(case, decide(case, amended(authorised_minutes=1500), BY_POLICE, NOW), NOW)

    assert changed.authorised_minutes == 1500


def test_whoever_did_not_refer_does_not_amend():
    with pytest.raises(Refusal) as refused:
        triage.RULES[c.AmendReferral](b.a_received_case(), amended(note="There is a dog."), BY_HOUSING, NOW)

    assert refused.value.code == "not_your_referral"


def test_a_limitation_date_becomes_a_clock_of_statute_whose_last_day_is_included():
    case = b.a_received_case()

    decision = decide(case, amended(limitation="date", limitation_on=LAST_DAY), BY_POLICE, NOW)

    changed = b.after(case, decision, NOW)
    assert changed.clock("limitation", None).authority == "statute"
    assert due_times(decision)["breach:limitation"] == AFTER_LAST_DAY
    assert {seal.kind: seal.fields for seal in decision.seals}["limits"]["limitation"] == AFTER_LAST_DAY.isoformat()


def test_a_limitation_that_falls_away_takes_its_clock_along():
    clock = Clock(name="limitation", origin=None, status=ClockStatus.RUNNING, authority="statute")
    case = b.a_received_case(clocks=(*b.some_clocks(), clock), limitation=LimitationKind.DATE)
    facts = replace(BY_POLICE, limit_origins={"limitation": AFTER_LAST_DAY})

    decision = decide(case, amended(limitation="none"), facts, NOW)

    assert b.after(case, decision, NOW).clock("limitation", None).status is ClockStatus.NOT_APPLICABLE
    assert CancelTimer(name="breach:limitation") in decision.timers


def test_an_amendment_never_wipes_sealed_instants_that_were_not_opened():
    facts = replace(BY_POLICE, origins={})

    with pytest.raises(ValueError, match="not opened"):
        decide(b.a_received_case(), amended(limitation="date", limitation_on=LAST_DAY), facts, NOW)


@pytest.mark.parametrize(
    ("has", "given", "code"),
    [
        (None, {"limitation": "date"}, "limitation_date_missing"),
        (None, {"limitation": "none", "limitation_on": LAST_DAY}, "limitation_date_unexpected"),
        (LimitationKind.NONE, {"limitation_on": LAST_DAY}, "limitation_date_unexpected"),
    ],
)
def test_a_limitation_and_its_date_go_together(has, given, code):
    assert refusal_of(b.a_received_case(limitation=has), amended(**given)) == code


def test_what_was_asked_and_not_answered_stays_asked():
    case = awaiting(information_requested=("/limitation/on",))
    facts = b.some_facts(actor=b.an_actor(Role.TRIAGE))

    decision = decide(case, c.RequestInformation(fields=("/participant/phone", "/limitation/on")), facts, NOW)

    assert decision.facts == (intake.InformationRequested(fields=("/limitation/on", "/participant/phone")),)


@pytest.mark.parametrize(
    "field",
    ["Corin Tazewell", "/nowhere", "/participant/Corin", "participant", "/", "/limitation/"],
    ids=["a name", "no field", "a name in a pointer", "no pointer", "nothing", "an empty end"],
)
def test_only_fields_of_a_referral_are_asked_for_since_the_question_is_published(field):
    facts = b.some_facts(actor=b.an_actor(Role.TRIAGE))

    assert refusal_of(b.a_received_case(), c.RequestInformation(fields=("/limitation", field)), facts) == "not_a_field"


@pytest.mark.parametrize("has", [LimitationKind.SUMMARY_ONLY, None])
def test_a_limitation_date_alone_answers_the_question_for_it(has):
    case = awaiting(limitation=has, limitation_known=False, information_requested=("/limitation/on",))

    decision = decide(case, c.ProvideInformation(limitation_on=LAST_DAY), BY_POLICE, NOW)

    answered = b.after(case, decision, NOW)
    assert (answered.state, answered.limitation_known) == (CaseState.RECEIVED, True)
    assert answered.limitation is (has or LimitationKind.DATE)
    assert answered.information_requested == ()
    assert answered.clock("limitation", None).status is ClockStatus.RUNNING


def test_a_summary_only_answer_without_a_date_leaves_it_unknown():
    case = awaiting(limitation=None, limitation_known=False)

    answered = b.after(case, decide(case, c.ProvideInformation(limitation="summary_only"), BY_POLICE, NOW), NOW)

    assert not answered.limitation_known


def test_origins_that_become_known_start_their_clocks_and_are_sealed_again():
    unknown = {**b.ORIGINS, ClockOrigin.POLICE_DECIDED: None, ClockOrigin.DISPOSAL: None}
    clocks = tuple(
        replace(clock, status=ClockStatus.NOT_APPLICABLE) if unknown.get(clock.origin, 1) is None else clock
        for clock in b.some_clocks()
    )
    case = awaiting(clocks=clocks)
    command = c.ProvideInformation(disposal_at=b.DISPOSAL, police_decided_at=b.POLICE_DECIDED)

    decision = decide(case, command, replace(BY_POLICE, origins=unknown), NOW)

    assert {clock.status for clock in b.after(case, decision, NOW).clocks} == {ClockStatus.RUNNING}
    assert due_times(decision)["breach:start_48h:disposal"] == b.DISPOSAL + timedelta(hours=48)
    assert {s.kind: s.fields for s in decision.seals}["origins"] == {o: at.isoformat() for o, at in b.ORIGINS.items()}


def test_an_origin_that_becomes_known_after_its_hours_were_over_is_missed_at_once():
    unknown = {**b.ORIGINS, ClockOrigin.POLICE_DECIDED: None}
    clocks = (a_clock(ClockOrigin.POLICE_DECIDED, ClockStatus.NOT_APPLICABLE),)
    command = c.ProvideInformation(police_decided_at=b.POLICE_DECIDED)
    late = b.POLICE_DECIDED + timedelta(hours=48)

    decision = decide(awaiting(clocks=clocks), command, replace(BY_POLICE, origins=unknown), late)

    assert [type(fact) for fact in decision.facts[1:]] == [intake.ClocksStarted, intake.ClockBreached]
    assert list(due_times(decision)) == ["tell:start_48h:police_decided"]


def test_an_origin_that_was_wrong_moves_the_clock_that_runs_from_it():
    moved = b.DISPOSAL + timedelta(hours=1)

    decision = decide(awaiting(), c.ProvideInformation(disposal_at=moved), BY_POLICE, NOW)

    assert decision.facts[1:] == ()
    assert due_times(decision)["breach:start_48h:disposal"] == moved + timedelta(hours=48)


def test_a_decision_before_the_behaviour_is_refused():
    early = b.ORIGINS[ClockOrigin.BEHAVIOUR_FROM] - timedelta(minutes=1)

    with pytest.raises(Refusal) as refusal:
        decide(awaiting(), c.ProvideInformation(disposal_at=early), BY_POLICE, NOW)

    assert refusal.value.code == "decided_before_behaviour"


def test_a_later_origin_takes_back_a_breach_that_never_was():
    clocks = tuple(
        replace(clock, status=ClockStatus.MISSED) if clock.origin is ClockOrigin.DISPOSAL else clock
        for clock in b.some_clocks()
    )
    early = {**b.ORIGINS, ClockOrigin.DISPOSAL: b.DISPOSAL - timedelta(days=9)}

    decision = decide(
        awaiting(clocks=clocks), c.ProvideInformation(disposal_at=b.DISPOSAL), replace(BY_POLICE, origins=early), NOW
    )

    corrected = decision.facts[1]
    assert (corrected.was, corrected.status) == (ClockStatus.MISSED, ClockStatus.RUNNING)


def test_a_responsible_adult_named_later_lets_a_childs_case_go_on():
    case = awaiting(child=True, responsible_adults=1, flags=("unsafe_adult:0",))
    facts = b.some_facts(child=True, actor=b.an_actor(Role.TRIAGE))
    answers = {"/participant/responsible_adults": "An aunt, Perpetua Oxbrow, who has authority."}

    decision = decide(case, c.ProvideInformation(answers=answers), facts, NOW)

    answered = b.after(case, decision, NOW)
    assert answered.responsible_adults == 2
    assert decide(answered, c.AcceptReferral(), facts, NOW).facts[0] == intake.ReferralAccepted()
    assert "Oxbrow" not in decision.facts[0].model_dump_json()
    assert [seal.fields for seal in decision.seals if seal.kind == "note"] == [answers]


def test_an_empty_name_names_nobody():
    case = awaiting(child=True, responsible_adults=0)
    command = c.ProvideInformation(answers={"/participant/responsible_adults": "  "})

    facts = b.some_facts(actor=b.an_actor(Role.TRIAGE))

    assert b.after(case, decide(case, command, facts, NOW), NOW).responsible_adults == 0


@pytest.mark.parametrize(
    ("case", "given", "code"),
    [
        (awaiting(), {}, "nothing_was_provided"),
        (awaiting(), {"answers": {"Corin": "x"}}, "not_a_field"),
        (awaiting(door=Door.NO_CRIME, basis=Basis.ABC), {"disposal_at": b.DISPOSAL}, "disposal_on_this_door"),
        (awaiting(), {"police_decided_at": NOW + timedelta(minutes=1)}, "origin_in_the_future"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(case, given, code):
    assert refusal_of(case, c.ProvideInformation(**given)) == code
