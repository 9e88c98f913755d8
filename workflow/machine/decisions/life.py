"""The case's own life: pause, end, transfer and reopening (domain.md 10 rows 16 to 20)."""

from collections.abc import Mapping
from datetime import datetime

from schemas import commands as c
from schemas.events import life
from workflow.case.case import Case
from workflow.machine.decision import ClaimLoad, Decision
from workflow.machine.decisions import transfer
from workflow.machine.decisions.booking import reminder
from workflow.machine.decisions.clock_facts import pause_clocks, reopen_clocks, resume_clocks
from workflow.machine.decisions.endings import ending
from workflow.machine.decisions.hours import hours_facts
from workflow.rules.facts import Facts
from workflow.rules.refusals import Reason, Refusal

REASONS: Mapping[str, Reason] = {
    "role_may_not": Reason(
        rule="Your role in this engagement may not ask for this.", remedy="Ask somebody whose role may."
    ),
    "happened_in_the_future": Reason(
        rule="What is recorded has happened already.", remedy="Leave the time out, or give the one it happened at."
    ),
    "happened_before_receipt": Reason(
        rule="What is decided about a referral happens after it was received.",
        remedy="Give a later time, or leave the time out.",
    ),
    "happened_too_early": Reason(
        rule="Nothing of a case happened more than a year before its referral came.",
        remedy="Correct the year of the time you gave.",
    ),
    "pauses_overlap": Reason(
        rule="A pause begins after the referral came and after the pause before it has ended.",
        remedy="Give a later time for its beginning.",
    ),
    "resumed_before_paused": Reason(
        rule="A case goes on after it was paused.", remedy="Give a time after the pause began."
    ),
    "ended_before_work": Reason(
        rule="A case ends no earlier than its referral came and than the last work and pause that are recorded of it.",
        remedy="Give a later time, or correct the attendance first.",
    ),
    "case_has_ended": Reason(rule="The case has ended.", remedy="Reopen it, if it ended too early."),
    "case_is_paused": Reason(rule="The case is paused.", remedy="Resume the case first."),
    "case_is_not_paused": Reason(rule="The case is not paused.", remedy="Nothing to do."),
    "case_is_open": Reason(rule="The case has not ended.", remedy="Nothing to do."),
    "hours_not_met": Reason(
        rule="A case is completed once every agreed minute is credited.",
        remedy="Record the attendance that is missing, or end the case for its real reason.",
    ),
    "report_not_checked": Reason(
        rule="A case is completed once the supervisor's report is in and checked.", remedy="Check the report first."
    ),
    "session_unresolved": Reason(
        rule="No session may be open when a case is completed.", remedy="Record or cancel every open session."
    ),
    "nothing_was_agreed": Reason(
        rule="A case goes on only where a plan was agreed.", remedy="Ask the referrer for a new referral."
    ),
    "caseworker_is_full": Reason(
        rule="The case's caseworker has no room for one more case.",
        remedy="Make room first, then reopen the case and allocate it anew.",
    ),
    **transfer.REASONS,
}


def _pause(case: Case, command: c.PauseCase, facts: Facts, now: datetime) -> Decision:
    """Clocks that may pause stand still, and one that was missed meanwhile was not; limits of statute run on."""
    happened = command.happened(now)
    if happened < max((case.received_at, *(ended for _, ended in case.pauses))):
        raise Refusal("pauses_overlap")
    clocks, timers = pause_clocks(case, facts, happened, now)
    return Decision(facts=(life.CasePaused(reason=command.reason), *clocks), timers=timers)


def _resume(case: Case, command: c.ResumeCase, facts: Facts, now: datetime) -> Decision:
    """Go on where paperwork of the pause has brought the case; reminders that fell silent are set again."""
    happened = command.happened(now)
    if case.paused_at is not None and happened < case.paused_at:
        raise Refusal("resumed_before_paused")
    clocks, timers = resume_clocks(case, facts, happened)
    hours = hours_facts(case, case.paused_from or case.state)
    reminders = (timer for s in case.open_sessions for timer in reminder(s.id, s.starts_at, facts, now))
    return Decision(facts=(life.CaseResumed(), *clocks, *hours), timers=(*timers, *reminders))


def _withdraw(case: Case, command: c.WithdrawCase, facts: Facts, now: datetime) -> Decision:
    """A child may withdraw at any stage, and so may everybody (domain.md 2.1, R56)."""
    return ending(case, life.CaseWithdrawn(by=command.by), facts, command.happened(now))


def _complete(case: Case, command: c.CompleteCase, facts: Facts, now: datetime) -> Decision:
    """The supervisor's report is in and checked (domain.md 10 row 19, R20)."""
    if not command.report_checked:
        raise Refusal("report_not_checked")
    if case.open_sessions:
        raise Refusal("session_unresolved", sessions=len(case.open_sessions))
    fact = life.CaseCompleted(quality=command.quality, credited=case.credited_minutes)
    return ending(case, fact, facts, command.happened(now))


def _close(case: Case, command: c.CloseWithoutFault, facts: Facts, now: datetime) -> Decision:
    fact = life.CaseClosedWithoutFault(reason=command.reason)
    return ending(case, fact, facts, command.happened(now))


def _reopen(case: Case, command: c.ReopenCase, facts: Facts, now: datetime) -> Decision:
    """To active; clocks that the end had stopped go on, and the caseworker's share is claimed again (contracts 8)."""
    if not case.plan:
        raise Refusal("nothing_was_agreed")
    holder = next((worker for worker in facts.caseworkers if worker.id == case.caseworker), None)
    if holder is not None and holder.open_cases >= holder.max_cases:
        raise Refusal("caseworker_is_full", open_cases=holder.open_cases, max_cases=holder.max_cases)
    clocks, timers = reopen_clocks(case, facts, now)
    return Decision(
        facts=(life.CaseReopened(reason=command.reason), *clocks),
        timers=timers,
        claims=(ClaimLoad(caseworker=case.caseworker),) if case.caseworker else (),
    )


RULES = {
    c.PauseCase: _pause,
    c.ResumeCase: _resume,
    c.WithdrawCase: _withdraw,
    c.CompleteCase: _complete,
    c.CloseWithoutFault: _close,
    c.ReopenCase: _reopen,
    **transfer.RULES,
}
