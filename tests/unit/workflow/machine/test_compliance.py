from dataclasses import replace

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import work
from tests.builders.sessions import (
    DAY,
    NOW,
    POLICY,
    a_case,
    a_session,
    an_id,
    attended,
    clocks_stopped,
    missed,
    some_facts,
)
from workflow.machine.decision import CancelTimer, ReleaseLoad, ReleasePlace
from workflow.machine.decisions.compliance import RULES
from workflow.rules.ladder import evidence_until, has_unanswered, next_step, threshold_reached
from workflow.rules.refusals import Refusal
from workflow.schemes.words import LadderStep

FIRST, SECOND = an_id("first"), an_id("second")
CAUTION = v.Basis.ADULT_CONDITIONAL_CAUTION


def asked(case, command, now=NOW, **facts):
    return RULES[type(command)](case, command, some_facts(**facts), now)


def refused(case, command, now=NOW, **facts):
    with pytest.raises(Refusal) as refusal:
        asked(case, command, now, **facts)
    return refusal.value.code


def failing(*names, **changes):
    sessions = (missed(name, NOW - (30 - n) * DAY) for n, name in enumerate(names))
    return a_case(v.CaseState.ACTIVE, *sessions, **changes)


def warned(*names, stage=v.Stage.WARNED, **changes):
    """A case warned for the first of its failures, or for the first two of them."""
    grounds = names[: 1 if stage is v.Stage.WARNED else 2]
    return failing(*names, stage=stage, warned_for=tuple(an_id(name) for name in grounds), **changes)


def test_the_first_unexcused_failure_of_a_voluntary_basis_leads_to_a_warning():
    decision = asked(failing("first"), c.IssueWarning(session=FIRST))

    assert decision.facts == (work.WarningIssued(session=FIRST, stage=v.Stage.WARNED),)


def test_the_second_leads_to_a_final_warning():
    decision = asked(warned("first", "second"), c.IssueFinalWarning(session=SECOND))

    assert decision.facts == (work.FinalWarningIssued(session=SECOND, stage=v.Stage.FINAL_WARNED),)


@pytest.mark.parametrize(
    ("session", "code"),
    [
        (attended(), "session_not_enforceable"),
        (a_session(), "session_not_enforceable"),
        (a_session("other"), "session_unknown"),
        (missed(starts_at=NOW - 3 * DAY), "evidence_window_open"),
    ],
)
def test_a_warning_needs_a_failure_that_nobody_can_excuse_any_more(session, code):
    case = a_case(v.CaseState.ACTIVE, session)

    assert refused(case, c.IssueWarning(session=FIRST)) == code


def test_a_warning_is_judged_on_when_it_was_given():
    case = a_case(v.CaseState.ACTIVE, missed(starts_at=NOW - 10 * DAY))

    assert refused(case, c.IssueWarning(session=FIRST, occurred_at=NOW - 9 * DAY)) == "evidence_window_open"


def test_nobody_is_warned_twice_for_one_session():
    assert refused(warned("first"), c.IssueFinalWarning(session=FIRST)) == "session_warned_for"


def test_a_warning_comes_once():
    assert refused(warned("first", "second"), c.IssueWarning(session=SECOND)) == "already_warned"


def test_a_final_warning_follows_a_warning():
    assert refused(failing("first"), c.IssueFinalWarning(session=FIRST)) == "not_warned_yet"


def test_a_final_warning_comes_once():
    case = warned("first", "second", "third", stage=v.Stage.FINAL_WARNED)

    assert refused(case, c.IssueFinalWarning(session=an_id("third"))) == "already_final_warned"


@pytest.mark.parametrize("command", [c.IssueWarning(session=FIRST), c.IssueFinalWarning(session=FIRST)])
def test_a_caution_knows_no_warning_because_the_officer_decides(command):
    assert refused(failing("first", basis=CAUTION), command) == "ladder_has_no_warning"


def test_the_last_warning_is_withdrawn():
    case = warned("first", "second", stage=v.Stage.FINAL_WARNED)

    assert asked(case, c.WithdrawWarning()).facts == (work.WarningWithdrawn(stage=v.Stage.WARNED),)


def test_where_nobody_was_warned_nothing_is_withdrawn():
    assert refused(failing("first"), c.WithdrawWarning()) == "no_warning_to_withdraw"


def test_a_case_returns_for_non_compliance_once_the_ladder_is_used_up():
    case = warned("first", "second", "third", stage=v.Stage.FINAL_WARNED)

    decision = asked(case, c.ReturnToReferrer(reason="non_compliance"))

    assert isinstance(decision.facts[0], work.CaseReturned)


@pytest.mark.parametrize(
    "case",
    [
        failing(),
        failing("first", "second", "third"),
        warned("first", "second", "third"),
        warned("first", "second", stage=v.Stage.FINAL_WARNED),
        failing("first", basis=CAUTION),
    ],
)
def test_a_case_does_not_return_for_non_compliance_before_that(case):
    assert refused(case, c.ReturnToReferrer(reason="non_compliance")) == "ladder_not_exhausted"


def test_a_caution_returns_at_the_second_failure():
    case = failing("first", "second", basis=CAUTION)

    assert isinstance(asked(case, c.ReturnToReferrer(reason="non_compliance")).facts[0], work.CaseReturned)


def test_nobody_is_sent_back_for_a_failure_that_may_still_be_excused():
    case = warned("first", "second", stage=v.Stage.FINAL_WARNED)
    late = missed("third", NOW - DAY)
    failed = replace(case, sessions=(*case.sessions, late))

    assert refused(failed, c.ReturnToReferrer(reason="non_compliance")) == "evidence_window_open"
    answered = asked(failed, c.ReturnToReferrer(reason="non_compliance"), now=NOW + 8 * DAY)
    assert isinstance(answered.facts[0], work.CaseReturned)


def test_on_a_caution_the_officer_judges_the_excuse_so_the_return_waits_for_none():
    case = failing("first", basis=CAUTION)
    failed = replace(case, sessions=(*case.sessions, missed("second", NOW - DAY)))

    assert isinstance(asked(failed, c.ReturnToReferrer(reason="non_compliance")).facts[0], work.CaseReturned)


@pytest.mark.parametrize("reason", ["refused", "denies_responsibility", "new_risk", "out_of_time"])
def test_every_other_reason_returns_a_case_at_once(reason):
    case = a_case(v.CaseState.ASSESSING, sessions=())

    assert asked(case, c.ReturnToReferrer(reason=reason)).facts[0] == work.CaseReturned(reason=reason)


def test_a_return_ends_clocks_and_sessions_and_gives_back_what_the_case_held():
    case = a_case(v.CaseState.SCHEDULED, a_session(starts_at=NOW + DAY))

    decision = asked(case, c.ReturnToReferrer(reason="refused"))

    assert decision.facts == (
        work.SessionCancelled(session=FIRST, reason="case_ended"),
        work.CaseReturned(reason="refused"),
        clocks_stopped(v.ClockStatus.ENDED_UNSTARTED),
    )
    assert decision.claims == (ReleasePlace(slot="first", place=1), ReleaseLoad(caseworker="caseworker-1"))
    assert CancelTimer(name=f"remind:{FIRST}") in decision.timers


@pytest.mark.parametrize(
    ("case", "step"),
    [
        (failing(), LadderStep.WARN),
        (warned("first"), LadderStep.FINAL_WARN),
        (warned("first", "second", stage=v.Stage.FINAL_WARNED), LadderStep.RETURN),
        (failing(basis=CAUTION), LadderStep.NOTIFY_OFFICER),
        (failing("first", basis=CAUTION), LadderStep.RETURN),
    ],
)
def test_the_ladder_of_the_basis_says_what_the_next_failure_leads_to(case, step):
    assert next_step(case, POLICY.bases[case.basis]) is step


def test_a_failure_that_was_warned_for_is_answered():
    case = warned("first")

    assert not has_unanswered(case, POLICY.bases[case.basis])
    assert not threshold_reached(case, POLICY.bases[case.basis])


def test_evidence_may_come_until_both_windows_are_over():
    facts = some_facts()
    windows = facts.policy.evidence.model_copy(update={"contact_working_days": 8})

    until = evidence_until(missed(starts_at=NOW), windows, facts.calendar)

    assert until.isoformat() == "2026-06-19T23:00:00+00:00"
