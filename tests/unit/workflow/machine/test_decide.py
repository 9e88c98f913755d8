from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import life
from tests.builders.sessions import DAY, NOW, a_case, an_active_case, an_id, some_facts
from workflow.machine.decide import Circumstance, decide, record
from workflow.machine.decision import Decision
from workflow.machine.machines import ImpossibleMoveError
from workflow.rules.facts import Actor
from workflow.rules.refusals import Refusal

ASKED = Circumstance(now=NOW, occurred_at=NOW - DAY, actor="manager-1", correlation=an_id("request"))


def refused(case, command, **facts):
    with pytest.raises(Refusal) as refusal:
        decide(case, command, some_facts(**facts), NOW)
    return refusal.value.code


def test_somebody_else_s_worker_may_not_ask_even_what_the_state_would_refuse():
    stranger = Actor(
        id="manager-2", organisation="restoring", kind=v.OrganisationKind.PROVIDER, roles=frozenset({v.Role.MANAGER})
    )

    assert refused(a_case(v.CaseState.RETURNED), c.PauseCase(reason="exams"), actor=stranger) == "role_may_not"


def test_the_state_refuses_before_the_rule_looks():
    assert refused(a_case(v.CaseState.PAUSED), c.PauseCase(reason="exams")) == "case_is_paused"


def test_nothing_has_happened_later_than_now():
    command = c.PauseCase(reason="exams", occurred_at=NOW + timedelta(seconds=1))

    assert refused(a_case(), command) == "happened_in_the_future"


def test_a_permitted_command_is_decided_by_its_rule():
    decision = decide(a_case(), c.PauseCase(reason="exams"), some_facts(), NOW)

    assert decision.facts == (life.CasePaused(reason="exams"),)


def test_the_same_question_gets_the_same_answer():
    case = an_active_case()

    answers = [decide(case, c.WithdrawCase(by="participant"), some_facts(), NOW) for _ in range(2)]

    assert answers[0] == answers[1]


def test_recorded_facts_are_numbered_without_gaps_and_carry_both_times():
    decision = Decision(facts=(life.CasePaused(reason="exams"), life.CaseResumed()))

    case, recorded, cases = record(a_case(version=20), an_id("case"), "derbyshire", decision, ASKED)

    envelopes = [one.envelope for one in recorded]
    assert [envelope.sequence for envelope in envelopes] == [21, 22]
    assert [(e.state_before, e.state_after) for e in envelopes] == [("scheduled", "paused"), ("paused", "scheduled")]
    assert {(e.occurred_at, e.recorded_at) for e in envelopes} == {(NOW - DAY, NOW)}
    assert [one.version for one in cases] == [21, 22]
    assert case is cases[-1]


def test_the_same_facts_recorded_twice_have_the_same_ids():
    decision = Decision(facts=(life.CasePaused(reason="exams"),))

    ids = [record(a_case(), an_id("case"), "derbyshire", decision, ASKED)[1][0].envelope.event_id for _ in range(2)]

    assert ids[0] == ids[1]


def test_a_decision_without_facts_leaves_a_case_as_it_was():
    case = a_case()

    assert record(case, case.id, "derbyshire", Decision(facts=()), ASKED) == (case, (), ())


def test_no_facts_open_no_case():
    with pytest.raises(ValueError, match="no facts"):
        record(None, an_id("case"), "derbyshire", Decision(facts=()), ASKED)


def test_a_fact_that_the_table_does_not_list_is_never_recorded():
    case = replace(a_case(), state=v.CaseState.RETURNED)

    with pytest.raises(ImpossibleMoveError):
        record(case, case.id, "derbyshire", Decision(facts=(life.CaseResumed(),)), ASKED)


@pytest.mark.parametrize("year", [1950, 2024])
def test_nothing_of_a_case_happened_more_than_a_year_before_its_referral(year):
    command = c.RecordConsent(occurred_at=NOW.replace(year=year))

    assert refused(a_case(), command) == "happened_too_early"


def test_nothing_is_decided_about_a_referral_before_it_was_received():
    case = a_case(v.CaseState.RECEIVED, received_at=NOW - DAY)

    assert refused(case, c.AcceptReferral(occurred_at=NOW - 2 * DAY)) == "happened_before_receipt"
