"""How a case ends, whoever ends it: sessions, clocks and claims go with it."""

from datetime import datetime

from schemas.events import CaseEvent, work
from workflow.case.case import Case
from workflow.machine.decision import Decision
from workflow.machine.decisions.claims import end_claims
from workflow.machine.decisions.clock_facts import end_clocks
from workflow.rules.facts import Facts


def ending(case: Case, fact: CaseEvent, facts: Facts, happened: datetime, *, completed: bool = False) -> Decision:
    """End a case by `fact`: open sessions are cancelled, clocks get their results, shared things are given back."""
    clocks, timers = end_clocks(case, facts, happened, completed=completed)
    return Decision(facts=(*sessions_fall(case, "case_ended"), fact, *clocks), timers=timers, claims=end_claims(case))


def sessions_fall(case: Case, reason: str) -> tuple[CaseEvent, ...]:
    """Cancel every open session: booked stays the sum of attended, missed and cancelled (contracts section 8)."""
    return tuple(work.SessionCancelled(session=session.id, reason=reason) for session in case.open_sessions)
