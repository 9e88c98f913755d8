"""How a case ends, whoever ends it: sessions, clocks and claims go with it."""

from datetime import datetime

from schemas.events import CaseEvent, life, work
from workflow.case.case import Case
from workflow.machine.decision import Decision
from workflow.machine.decisions.claims import end_claims
from workflow.machine.decisions.clock_facts import end_clocks
from workflow.rules.facts import Facts
from workflow.rules.refusals import Refusal


def last_recorded(case: Case) -> datetime:
    """When the last work that is recorded ended, or the last pause began or ended; at least the receipt."""
    moments = [case.received_at, *(ended for _, ended in case.pauses)]
    moments += [session.attended_to for session in case.sessions if session.attended_to is not None]
    if case.paused_at is not None:
        moments.append(case.paused_at)
    return max(moments)


def ending(case: Case, fact: CaseEvent, facts: Facts, happened: datetime) -> Decision:
    """End a case by `fact`: open sessions are cancelled, clocks get their results, shared things are given back.

    Cancelled, so that booked stays the sum of attended, missed and cancelled (contracts section 8).
    """
    if happened < last_recorded(case):
        raise Refusal("ended_before_work")
    clocks, timers = end_clocks(case, facts, happened, completed=isinstance(fact, life.CaseCompleted))
    reason = "case_transferred" if isinstance(fact, life.CaseTransferred) else "case_ended"
    fallen = (work.SessionCancelled(session=session.id, reason=reason) for session in case.open_sessions)
    return Decision(facts=(*fallen, fact, *clocks), timers=timers, claims=end_claims(case))
