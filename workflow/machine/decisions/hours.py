"""What follows once credit moved: the start, its clocks, the hours, the officer and a warning's ground."""

from dataclasses import replace
from datetime import datetime

from schemas.events import CaseEvent, work
from schemas.vocabulary import CaseState, Stage
from workflow.case.case import Case
from workflow.case.evolve_work import credited
from workflow.machine.decision import Decision, TimerChange
from workflow.machine.decisions.clock_facts import start_changed
from workflow.machine.machines import next_stage
from workflow.rules.credit import stops_start_clock
from workflow.rules.facts import Facts
from workflow.rules.ladder import officer_due

Changes = tuple[tuple[CaseEvent, ...], tuple[TimerChange, ...]]


def credit_moved(case: Case, fact: CaseEvent, facts: Facts, now: datetime) -> Decision:
    """Record a fact that moves credit, and everything that follows from it."""
    after = credited(case, fact)
    start, timers = _start(case, after, facts, now)
    state = CaseState.ACTIVE if _sets_going(case, start) else case.state
    notices = (*_officer(case, after, facts), *_warning_lost(case, after))
    return Decision(facts=(fact, *start, *hours_facts(after, state), *notices), timers=timers)


def hours_facts(case: Case, state: CaseState) -> tuple[CaseEvent, ...]:
    """Say that the hours are met, or no longer, where the state says otherwise (contracts section 8)."""
    reached = case.credited_minutes >= target_minutes(case)
    if reached and state in {CaseState.SCHEDULED, CaseState.ACTIVE}:
        return (work.HoursMet(credited=case.credited_minutes),)
    if not reached and state is CaseState.HOURS_MET:
        return (work.HoursReopened(credited=case.credited_minutes),)
    return ()


def target_minutes(case: Case) -> int:
    """Minutes to credit: what was agreed, never above what is authorised now (domain.md 0.5)."""
    return min(case.agreed_minutes, case.authorised_minutes)


def first_start(case: Case) -> datetime | None:
    """The first attended minute of reparation, here or at the provider the case came from (domain.md 13.9)."""
    starts = [
        session.attended_from
        for session in case.sessions
        if session.attended_from and session.outcome and session.counts
        if stops_start_clock(session.outcome, session.activity)
    ]
    return min((*starts, case.carried_start) if case.carried_start else starts, default=None)


def withdrawn_warning(case: Case, **ground: object) -> work.WarningWithdrawn:
    """Take a warning back; the stage falls by one."""
    fact = work.WarningWithdrawn.model_validate({"stage": Stage.NONE, **ground})
    return fact.model_copy(update={"stage": next_stage(case.stage, fact)})


def _start(case: Case, after: Case, facts: Facts, now: datetime) -> Changes:
    first = first_start(after)
    waits = CaseState.SCHEDULED in {case.state, case.paused_from}
    begins = first is not None and (case.started_at is None or (waits and _worked(after)))
    if begins and first is not None:
        facts_of_start: tuple[CaseEvent, ...] = (work.WorkStarted(started_at=first),)
    elif first != case.started_at:
        facts_of_start = (work.StartCorrected(started_at=first),)
    else:
        return (), ()
    clocks, timers = start_changed(case, first, facts, now) if first != case.started_at else ((), ())
    # Clocks first: whoever is told of the start is told how each clock ended (domain.md 10 row 11).
    return (*clocks, *facts_of_start), timers


def _worked(case: Case) -> bool:
    return first_start(replace(case, carried_start=None)) is not None


def _sets_going(case: Case, start: tuple[CaseEvent, ...]) -> bool:
    return case.state is CaseState.SCHEDULED and any(isinstance(fact, work.WorkStarted) for fact in start)


def _officer(case: Case, after: Case, facts: Facts) -> tuple[CaseEvent, ...]:
    """On a caution the officer judges the excuse, so hears of the first failure at once (domain.md 13.5)."""
    known = {session.id for session in case.sessions if session.enforceable}
    new = [session.id for session in after.sessions if session.enforceable and session.id not in known]
    due = officer_due(after, facts.policy.bases[case.basis])
    return tuple(work.OfficerNotified(session=session) for session in new if due)


def _warning_lost(case: Case, after: Case) -> tuple[CaseEvent, ...]:
    """A warning whose session is no failure any more is taken back by itself."""
    excused = [session.id for session in after.sessions if session.id in case.warned_for and not session.enforceable]
    return tuple(withdrawn_warning(case, session=session) for session in excused)
