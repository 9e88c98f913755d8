"""Triage: matches, questions and answers, yes or no, clearance, and who has the case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from schemas import commands as c
from schemas.events import intake
from schemas.vocabulary import (
    AgeBand,
    Basis,
    BehaviourKind,
    CaseState,
    Clearance,
    ClockOrigin,
    ClockStatus,
    LimitationKind,
    OrganisationKind,
    Purpose,
    Responsibility,
    Role,
)
from tests.builders import cases as b
from workflow.case.parts import Condition, Match
from workflow.machine.decide import decide
from workflow.machine.decision import CancelTimer
from workflow.machine.decisions import triage
from workflow.rules.refusals import Refusal

NOW = b.RECEIVED_AT + timedelta(hours=1)
TRIAGE = b.some_facts(actor=b.an_actor(Role.TRIAGE))
BY_POLICE = b.some_facts(actor=b.an_agency())
MESSAGE = UUID(int=77)
MATCHED = (Match(other_case=b.OTHER_CASE_ID, score=75),)
LAST_DAY = datetime(2026, 8, 31, 12, tzinfo=UTC)


def refusal_of(case, command, facts=TRIAGE):
    with pytest.raises(Refusal) as refused:
        decide(case, command, facts, NOW)
    assert refused.value.code in triage.REASONS
    return refused.value.code


def amended(**changes):
    return c.AmendReferral(message_id=MESSAGE, **changes)


def test_an_adult_referral_without_obstacle_is_accepted():
    decision = decide(b.a_received_case(), c.AcceptReferral(), TRIAGE, NOW)

    assert decision.facts == (intake.ReferralAccepted(),)


def test_a_childs_acceptance_asks_youth_justice_for_clearance():
    facts = b.some_facts(child=True, actor=b.an_actor(Role.TRIAGE))

    case = b.after(
        b.a_received_case(child=True), decide(b.a_received_case(child=True), c.AcceptReferral(), facts, NOW), NOW
    )

    assert case.state is CaseState.ACCEPTED
    assert (case.clearance, case.clearance_agency) == (Clearance.AWAITED, b.YOUTH_JUSTICE)
    assert case.clearance_token == b.CLEARANCE_TOKEN


@pytest.mark.parametrize("gone", [{"youth_justice": None}, {"clearance_token": None}])
def test_without_a_youth_justice_service_clearance_stays_awaited_and_nobody_is_asked(gone):
    facts = b.some_facts(child=True, actor=b.an_actor(Role.TRIAGE), **gone)

    assert decide(b.a_received_case(child=True), c.AcceptReferral(), facts, NOW).facts == (intake.ReferralAccepted(),)


def test_a_child_cleared_beforehand_is_accepted_without_asking_again():
    case = b.a_received_case(child=True, clearance=Clearance.GIVEN)

    assert decide(case, c.AcceptReferral(), b.some_facts(child=True), NOW).facts == (intake.ReferralAccepted(),)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"matches": MATCHED}, "match_unresolved"),
        ({"limitation": None, "limitation_known": False}, "limitation_unknown"),
        ({"limitation": LimitationKind.SUMMARY_ONLY, "limitation_known": False}, "limitation_unknown"),
        ({"behaviour": BehaviourKind.BURGLARY}, "behaviour_excluded"),
        ({"basis": Basis.YOUTH_CONDITIONAL_CAUTION}, "basis_not_for_age"),
        ({"basis": Basis.DEFERRED_PROSECUTION}, "basis_not_in_force"),
        ({"conditions": (Condition(purpose=Purpose.REPARATION, minutes=1201),)}, "authorised_over_cap"),
        ({"responsibility": Responsibility.DENIES}, "responsibility_denied"),
    ],
)
def test_acceptance_is_refused_by_the_rule_that_stands_against_it(changes, code):
    assert refusal_of(b.a_received_case(**changes), c.AcceptReferral()) == code


def test_the_basis_must_have_been_in_force_on_the_day_of_disposal():
    origins = {**b.ORIGINS, ClockOrigin.DISPOSAL: datetime(2023, 6, 30, 12, tzinfo=UTC)}

    assert refusal_of(b.a_received_case(), c.AcceptReferral(), replace(TRIAGE, origins=origins)) == "basis_not_in_force"


def test_without_any_origin_the_basis_is_judged_on_the_day_of_receipt():
    facts = replace(TRIAGE, origins={}, birth_date=None)

    assert decide(b.a_received_case(), c.AcceptReferral(), facts, NOW).facts == (intake.ReferralAccepted(),)


def test_a_participant_under_the_age_floor_at_the_behaviour_is_not_accepted():
    facts = b.some_facts(actor=b.an_actor(Role.TRIAGE), birth_date=date(2017, 1, 1))
    case = b.a_received_case(child=True, age_at_behaviour=AgeBand.UNDER_10)

    assert refusal_of(case, c.AcceptReferral(), facts) == "under_age_floor"


@pytest.mark.parametrize("adults", [{"responsible_adults": 0}, {"responsible_adults": 1, "flags": ("unsafe_adult:0",)}])
def test_a_child_is_not_accepted_while_no_safe_responsible_adult_is_known(adults):
    facts = b.some_facts(child=True, actor=b.an_actor(Role.TRIAGE))

    assert refusal_of(b.a_received_case(child=True, **adults), c.AcceptReferral(), facts) == "no_responsible_adult"


@pytest.mark.parametrize("said", [None, Responsibility.ACCEPTS, Responsibility.NOT_REQUIRED])
def test_an_admission_may_still_be_recorded_after_acceptance(said):
    case = b.a_received_case(responsibility=said)

    assert decide(case, c.AcceptReferral(), TRIAGE, NOW).facts == (intake.ReferralAccepted(),)


def test_a_denial_does_not_matter_where_the_basis_needs_no_admission():
    case = b.a_received_case(basis=Basis.OUTCOME_22, responsibility=Responsibility.DENIES)

    assert decide(case, c.AcceptReferral(), TRIAGE, NOW).facts == (intake.ReferralAccepted(),)


def test_a_declined_case_ends_with_its_clocks_unstarted_and_its_timers_cancelled():
    case = b.a_received_case()

    decision = decide(case, c.DeclineReferral(reason="excluded_behaviour"), TRIAGE, NOW)

    ended = b.after(case, decision, NOW)
    assert (ended.state, ended.end_reason) == (CaseState.DECLINED, "excluded_behaviour")
    assert {clock.status for clock in ended.clocks} == {ClockStatus.ENDED_UNSTARTED}
    assert CancelTimer(name="breach:start_48h:disposal") in decision.timers
    assert CancelTimer(name="warn:completion") in decision.timers


def test_the_same_incident_joins_the_referrer_to_the_other_case_and_ends_this_one():
    case = b.a_received_case(matches=MATCHED)
    other = b.an_active_case(child=True, id=b.OTHER_CASE_ID)

    decision = decide(
        case, c.ConfirmMatch(other_case_id=other.id, same_incident=True), replace(TRIAGE, other_case=other), NOW
    )

    ended = b.after(case, decision, NOW)
    assert (ended.state, ended.linked_to) == (CaseState.LINKED, other.id)
    ((other_id, joining),) = decision.also
    joined = b.after(other, joining, NOW)
    assert other_id == other.id
    assert [(one.agency, one.governs) for one in joined.referrers] == [(b.YOUTH_JUSTICE, True), (b.POLICE, False)]
    assert joined.authorised_minutes == other.authorised_minutes


def test_a_referrer_that_the_other_case_has_already_is_not_joined_twice():
    case, other = b.a_received_case(matches=MATCHED), b.an_active_case(id=b.OTHER_CASE_ID)

    decision = decide(
        case, c.ConfirmMatch(other_case_id=other.id, same_incident=True), replace(TRIAGE, other_case=other), NOW
    )

    assert decision.also == ()


def test_another_incident_only_links_the_cases():
    case = b.a_received_case(matches=MATCHED)

    decision = decide(case, c.ConfirmMatch(other_case_id=b.OTHER_CASE_ID, same_incident=False), TRIAGE, NOW)

    linked = b.after(case, decision, NOW)
    assert (linked.state, linked.linked_to, linked.unresolved_match) == (CaseState.RECEIVED, b.OTHER_CASE_ID, False)


def test_a_rejected_match_no_longer_stands_in_the_way():
    case = b.a_received_case(matches=MATCHED)

    assert not b.after(
        case, decide(case, c.RejectMatch(other_case_id=b.OTHER_CASE_ID), TRIAGE, NOW), NOW
    ).unresolved_match


@pytest.mark.parametrize(
    ("matches", "other", "code"),
    [
        ((), b.an_active_case(id=b.OTHER_CASE_ID), "match_not_proposed"),
        ((replace(MATCHED[0], decided=True),), b.an_active_case(id=b.OTHER_CASE_ID), "match_not_proposed"),
        (MATCHED, None, "matched_case_unknown"),
        (MATCHED, b.an_active_case(), "matched_case_unknown"),
        (MATCHED, b.an_active_case(id=b.OTHER_CASE_ID, state=CaseState.WITHDRAWN), "matched_case_has_ended"),
    ],
)
def test_a_match_is_confirmed_only_as_proposed_and_only_into_a_case_that_goes_on(matches, other, code):
    command = c.ConfirmMatch(other_case_id=b.OTHER_CASE_ID, same_incident=True)

    assert refusal_of(b.a_received_case(matches=matches), command, replace(TRIAGE, other_case=other)) == code


@pytest.mark.parametrize("given", [True, False])
def test_clearance_is_recorded_by_youth_justice_itself(given):
    case = b.an_accepted_case(child=True)
    facts = b.some_facts(child=True, actor=b.an_agency(b.YOUTH_JUSTICE, OrganisationKind.YOUTH_JUSTICE))

    decision = decide(case, c.RecordYouthJusticeClearance(given=given), facts, NOW)

    assert b.after(case, decision, NOW).clearance is (Clearance.GIVEN if given else Clearance.REFUSED)


def test_a_clearance_that_is_taken_back_cancels_what_was_booked_on_it():
    ahead = b.a_session(starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=2))
    begun = replace(ahead, id=UUID(int=77), starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1))
    case = b.a_scheduled_case(child=True, clearance=Clearance.GIVEN, sessions=(ahead, begun))
    facts = b.some_facts(child=True, actor=b.an_agency(b.YOUTH_JUSTICE, OrganisationKind.YOUTH_JUSTICE))

    decision = decide(case, c.RecordYouthJusticeClearance(given=False), facts, NOW)

    after = b.after(case, decision, NOW)
    assert [session.id for session in after.open_sessions] == [begun.id]
    assert [claim.slot for claim in decision.claims] == [ahead.slot]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (b.an_accepted_case(), "clearance_not_needed"),
        (b.an_accepted_case(child=True, clearance=Clearance.GIVEN), "clearance_already_recorded"),
    ],
)
def test_clearance_is_recorded_once_and_only_where_it_is_asked_for(case, code):
    assert refusal_of(case, c.RecordYouthJusticeClearance(given=True)) == code
