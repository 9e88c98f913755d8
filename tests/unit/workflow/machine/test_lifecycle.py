import pytest

from schemas import vocabulary as v
from schemas.events import EVENTS, intake, life, people, work
from tests.builders.sessions import an_id
from workflow.machine.lifecycle import CASE, COMPLIANCE, CONTACT, Move
from workflow.machine.machines import (
    CASE_MACHINE,
    COMPLIANCE_MACHINE,
    CONDITIONAL,
    CONTACT_MACHINE,
    ImpossibleMoveError,
    _move,
    _Position,
    _run,
    may_contact,
    next_contact,
    next_stage,
    next_state,
)

# A referral opens a case: it has no state before it.
OPENS = intake.ReferralReceived.wire
TABLES = [(CASE, CASE_MACHINE), (CONTACT, CONTACT_MACHINE), (COMPLIANCE, COMPLIANCE_MACHINE)]
AFFECTED = an_id("resident")


def told_by(table: tuple[Move, ...]):
    return [(str(source), move.fact.wire, str(move.target or source)) for move in table for source in move.sources]


def run_by(machine):
    return [
        (transition.source, trigger, transition.dest)
        for trigger, event in machine.events.items()
        for transitions in event.transitions.values()
        for transition in transitions
    ]


@pytest.mark.parametrize(("table", "machine"), TABLES)
def test_the_machine_that_runs_is_the_table_that_is_read(table, machine):
    assert sorted(run_by(machine)) == sorted(told_by(table))


@pytest.mark.parametrize(("table", "machine"), TABLES)
def test_two_rows_for_one_state_and_fact_are_told_apart_by_a_condition(table, machine):
    for event in machine.events.values():
        for transitions in event.transitions.values():
            assert all(transition.conditions for transition in transitions[:-1]), event.name


def test_every_fact_that_may_follow_a_referral_stands_in_the_cases_table():
    assert {move.fact.wire for move in CASE} == set(EVENTS) - {OPENS}


def test_only_reopening_leads_from_an_end_to_a_live_case():
    backwards = {move.fact for move in CASE for source in move.sources if source in v.ENDED_STATES and move.target}

    assert backwards == {life.CaseReopened}


@pytest.mark.parametrize("state", sorted(v.CaseState))
def test_a_fact_that_the_table_does_not_list_is_our_fault(state):
    fact = life.CaseCompleted(quality="good", credited=0)

    if state is v.CaseState.HOURS_MET:
        assert next_state(state, fact, None) is v.CaseState.CLOSED_COMPLETED
        return
    with pytest.raises(ImpossibleMoveError):
        next_state(state, fact, None)


def test_a_confirmed_match_of_the_same_incident_links_the_case():
    same, other = (intake.MatchConfirmed(other_case=an_id("other"), same_incident=same) for same in (True, False))

    assert next_state(v.CaseState.RECEIVED, same, None) is v.CaseState.LINKED
    assert next_state(v.CaseState.RECEIVED, other, None) is v.CaseState.RECEIVED


@pytest.mark.parametrize("paused_from", [v.CaseState.ACCEPTED, v.CaseState.ACTIVE, v.CaseState.HOURS_MET])
def test_a_paused_case_resumes_where_it_was(paused_from):
    assert next_state(v.CaseState.PAUSED, life.CaseResumed(), paused_from) is paused_from


def test_a_case_paused_from_nowhere_does_not_resume():
    with pytest.raises(ImpossibleMoveError):
        next_state(v.CaseState.PAUSED, life.CaseResumed(), None)


def test_an_unlisted_stage_of_non_compliance_is_our_fault():
    fact = work.FinalWarningIssued(session=an_id("first"), stage=v.Stage.NONE)

    with pytest.raises(ImpossibleMoveError):
        next_stage(v.Stage.NONE, fact)


def test_a_fact_of_another_machine_is_our_fault():
    with pytest.raises(ImpossibleMoveError):
        next_stage(v.Stage.NONE, life.CaseResumed())


@pytest.mark.parametrize(
    ("permission", "contact"), [(True, v.ContactState.CONTACT_PERMITTED), (False, v.ContactState.AWAITING_DETAILS)]
)
def test_details_open_contact_only_with_permission(permission, contact):
    fact = people.ContactDetailsRecorded(
        affected=AFFECTED, contact=v.ContactState.AWAITING_DETAILS, channels=("call",), permission=permission
    )

    assert next_contact(v.ContactState.AWAITING_DETAILS, fact) is contact


@pytest.mark.parametrize("contact", [v.ContactState.DO_NOT_CONTACT, v.ContactState.WITHDRAWN])
def test_nobody_is_tried_who_must_not_be_contacted_or_has_left(contact):
    assert not may_contact(contact, people.ContactAttempted)


def test_contact_knows_no_facts_of_the_case():
    assert may_contact(v.ContactState.CONTACT_PERMITTED, people.ContactAttempted)
    assert not may_contact(v.ContactState.CONTACT_PERMITTED, life.CaseResumed)


@pytest.mark.parametrize(("table", "machine"), TABLES)
def test_what_a_move_came_to_once_is_what_the_machine_says_again(table, machine):
    for source, wire, target in told_by(table):
        if wire not in CONDITIONAL:
            fact = EVENTS[wire].model_construct()
            remembered = [_move(machine, _Position(source, None), fact) for _ in range(2)]

            assert remembered == [target, target] == [_run(machine, _Position(source, None), fact)] * 2
