"""The ladder of non-compliance, by basis (domain.md 10 rows 14 and 15, 13.5)."""

from collections.abc import Mapping
from datetime import datetime

from schemas import commands as c
from schemas.events import work
from schemas.vocabulary import Stage
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.machine.decision import Decision
from workflow.machine.decisions.booking import the_session
from workflow.machine.decisions.endings import ending
from workflow.machine.decisions.hours import withdrawn_warning
from workflow.machine.machines import next_stage
from workflow.rules.facts import Facts
from workflow.rules.ladder import evidence_until, failures, threshold_reached
from workflow.rules.refusals import Reason, Refusal
from workflow.schemes.words import LadderStep

REASONS: Mapping[str, Reason] = {
    "ladder_has_no_warning": Reason(
        rule="This basis has no such step: the officer or the referrer decides about a failure.",
        remedy="Wait for the officer, or return the case when the ladder is used up.",
    ),
    "session_not_enforceable": Reason(
        rule="A warning is for a session missed or failed without an excuse.", remedy="Name such a session."
    ),
    "session_warned_for": Reason(
        rule="A participant is warned once for one session.", remedy="Name a session nobody was warned for."
    ),
    "evidence_window_open": Reason(
        rule="Nobody is warned or sent back while there is time to show why a session was missed.",
        remedy="Wait until the time for evidence is over.",
    ),
    "already_warned": Reason(
        rule="A warning comes once; a final warning or a return follows it.", remedy="Issue a final warning."
    ),
    "not_warned_yet": Reason(rule="A final warning follows a warning.", remedy="Issue a warning first."),
    "already_final_warned": Reason(
        rule="A final warning comes once.", remedy="Return the case if there is another failure."
    ),
    "no_warning_to_withdraw": Reason(rule="No warning stands.", remedy="Nothing to do."),
    "ladder_not_exhausted": Reason(
        rule="A case goes back for non-compliance once every step of its basis was taken.",
        remedy="Take the next step of the ladder, or give another reason that applies.",
    ),
}


def _warn(case: Case, command: c.IssueWarning, facts: Facts, now: datetime) -> Decision:
    """First step on a voluntary basis; judged on when it was given (domain.md 13.5)."""
    _refuse_without_rung(case, LadderStep.WARN, facts)
    if case.stage is not Stage.NONE:
        raise Refusal("already_warned", stage=case.stage)
    session = _ground(case, command, facts, command.happened(now))
    fact = work.WarningIssued(session=session.id, stage=case.stage)
    return Decision(facts=(fact.model_copy(update={"stage": next_stage(case.stage, fact)}),))


def _warn_finally(case: Case, command: c.IssueFinalWarning, facts: Facts, now: datetime) -> Decision:
    _refuse_without_rung(case, LadderStep.FINAL_WARN, facts)
    if case.stage is Stage.NONE:
        raise Refusal("not_warned_yet")
    if case.stage is Stage.FINAL_WARNED:
        raise Refusal("already_final_warned")
    session = _ground(case, command, facts, command.happened(now))
    fact = work.FinalWarningIssued(session=session.id, stage=case.stage)
    return Decision(facts=(fact.model_copy(update={"stage": next_stage(case.stage, fact)}),))


def _refuse_without_rung(case: Case, rung: LadderStep, facts: Facts) -> None:
    if rung not in facts.policy.bases[case.basis].ladder:
        raise Refusal("ladder_has_no_warning", basis=case.basis, step=rung)


def _ground(case: Case, command: c.IssueWarning | c.IssueFinalWarning, facts: Facts, happened: datetime) -> Session:
    session = the_session(case, command.session)
    if not session.enforceable:
        raise Refusal("session_not_enforceable")
    if session.id in case.warned_for:
        raise Refusal("session_warned_for")
    if happened <= evidence_until(session, facts.policy.evidence, facts.calendar):
        raise Refusal("evidence_window_open")
    return session


def _withdraw(case: Case, _command: c.WithdrawWarning, _facts: Facts, _now: datetime) -> Decision:
    if case.stage is Stage.NONE:
        raise Refusal("no_warning_to_withdraw")
    return Decision(facts=(withdrawn_warning(case),))


def _return(case: Case, command: c.ReturnToReferrer, facts: Facts, now: datetime) -> Decision:
    """Non-compliance only once the ladder is used up; every other reason at once (domain.md 10 row 15)."""
    basis = facts.policy.bases[case.basis]
    happened = command.happened(now)
    if command.reason == "non_compliance":
        if not threshold_reached(case, basis):
            raise Refusal("ladder_not_exhausted", stage=case.stage)
        if LadderStep.WARN in basis.ladder and _may_be_excused(case, facts, happened):
            raise Refusal("evidence_window_open")
    return ending(case, work.CaseReturned(reason=command.reason), facts, happened)


def _may_be_excused(case: Case, facts: Facts, happened: datetime) -> bool:
    """Whether every failure that no warning answered may still be excused; of a caution the officer judges that."""
    unanswered = (session for session in failures(case) if session.id not in case.warned_for)
    return all(happened <= evidence_until(session, facts.policy.evidence, facts.calendar) for session in unanswered)


RULES = {
    c.IssueWarning: _warn,
    c.IssueFinalWarning: _warn_finally,
    c.WithdrawWarning: _withdraw,
    c.ReturnToReferrer: _return,
}
