"""Evolve's steps for plan, sessions and compliance."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from schemas.envelope import Envelope
from schemas.events import CaseEvent, work
from schemas.vocabulary import CaseState
from workflow.case.case import Case, changed
from workflow.case.evolve_life import ended
from workflow.case.parts import PlanPart, Session

Step = Callable[[Case, Any, Envelope], Case]


def _parts(parts: tuple[work.PlanPart, ...]) -> tuple[PlanPart, ...]:
    return tuple(PlanPart(activity=p.activity, site=p.site, minutes=p.minutes, purpose=p.purpose) for p in parts)


def _proposed(case: Case, fact: work.PlanProposed, _: Envelope) -> Case:
    return changed(case, proposal=_parts(fact.parts), proposed_slot=fact.first_slot, proposal_why=fact.why)


def _agreed(case: Case, fact: work.PlanAgreed, _: Envelope) -> Case:
    return changed(
        case,
        plan=_parts(fact.parts),
        agreed_minutes=fact.minutes,
        preference_followed=fact.preference_followed,
    )


def _booked(case: Case, fact: work.SessionBooked, _: Envelope) -> Case:
    session = Session(
        id=fact.session,
        slot=fact.slot,
        place=fact.place,
        site=fact.site,
        activity=fact.activity,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        counts=fact.counts,
    )
    return changed(case, sessions=(*case.sessions, session))


def _set(case: Case, session_id: UUID, **changes: object) -> Case:
    sessions = tuple(
        replace(session, **changes) if session.id == session_id else session  # type: ignore[arg-type]
        for session in case.sessions
    )
    return changed(case, sessions=sessions)


def _rescheduled(case: Case, fact: work.SessionRescheduled, _: Envelope) -> Case:
    return _set(
        case,
        fact.session,
        slot=fact.slot,
        place=fact.place,
        site=fact.site,
        activity=fact.activity,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        counts=fact.counts,
    )


def _cancelled(case: Case, fact: work.SessionCancelled, _: Envelope) -> Case:
    return _set(case, fact.session, cancelled=True)


def _reminded(case: Case, _: work.SessionReminded, __: Envelope) -> Case:
    return case


def _stopped(case: Case, fact: work.SessionStopped, _: Envelope) -> Case:
    return _set(case, fact.session, stopped_at=fact.ended_at)


def _attended(case: Case, fact: work.SessionAttended, _: Envelope | None) -> Case:
    return _set(
        case,
        fact.session,
        outcome=fact.outcome,
        attended_from=fact.started_at,
        attended_to=fact.ended_at,
        penalty_minutes=fact.penalty_minutes,
        minutes=fact.minutes,
        enforceable=fact.enforceable,
    )


def _missed(case: Case, fact: work.SessionMissed, _: Envelope | None) -> Case:
    return _set(
        case, fact.session, outcome=fact.outcome, enforceable=fact.enforceable, place_given_up=fact.place_given_up
    )


def _corrected(case: Case, fact: work.AttendanceCorrected, _: Envelope | None) -> Case:
    came = fact.started_at is not None
    return _set(
        case,
        fact.session,
        travel_minutes=_travelled(case, fact.session) if came else 0,
        outcome=fact.outcome,
        attended_from=fact.started_at,
        attended_to=fact.ended_at,
        penalty_minutes=fact.penalty_minutes,
        minutes=fact.minutes,
        enforceable=fact.enforceable,
    )


def _travelled(case: Case, session_id: UUID) -> int:
    return sum(session.travel_minutes for session in case.sessions if session.id == session_id)


def _travel(case: Case, fact: work.TravelAdjusted, _: Envelope | None) -> Case:
    return _set(case, fact.session, travel_minutes=_travelled(case, fact.session) + fact.minutes)


def _started(case: Case, fact: work.WorkStarted, _: Envelope) -> Case:
    # Paperwork of a paused case: it resumes as one that has started.
    resumes = CaseState.ACTIVE if case.paused_from is CaseState.SCHEDULED else case.paused_from
    return changed(case, started_at=fact.started_at, paused_from=resumes)


def _start_corrected(case: Case, fact: work.StartCorrected, _: Envelope) -> Case:
    return changed(case, started_at=fact.started_at)


def _hours(case: Case, _: work.HoursMet | work.HoursReopened, __: Envelope) -> Case:
    return case


def _officer(case: Case, _: work.OfficerNotified, __: Envelope) -> Case:
    return changed(case, officer_told=True)


def _warned(case: Case, fact: work.WarningIssued, _: Envelope) -> Case:
    return changed(case, stage=fact.stage, warned_for=(*case.warned_for, fact.session))


def _final(case: Case, fact: work.FinalWarningIssued, _: Envelope) -> Case:
    return changed(case, stage=fact.stage, warned_for=(*case.warned_for, fact.session))


def _warning_withdrawn(case: Case, fact: work.WarningWithdrawn, _: Envelope) -> Case:
    ground = fact.session or case.warned_for[-1]
    return changed(
        case,
        stage=fact.stage,
        warned_for=tuple(kept for kept in case.warned_for if kept != ground),
        # Nobody here can excuse a failure at an earlier provider: it goes with the warning that answered it.
        carried_failures=tuple(failure for failure in case.carried_failures if failure.id != ground),
    )


def _returned(case: Case, fact: work.CaseReturned, envelope: Envelope) -> Case:
    return ended(case, envelope, fact.reason)


CREDITING: Mapping[type[CaseEvent], Callable[[Case, Any, Envelope | None], Case]] = {
    work.SessionAttended: _attended,
    work.SessionMissed: _missed,
    work.AttendanceCorrected: _corrected,
    work.TravelAdjusted: _travel,
}


def credited(case: Case, fact: CaseEvent) -> Case:
    """Return the case as it will stand after a fact that may move credit, before anybody records it."""
    return CREDITING[type(fact)](case, fact, None)


STEPS: Mapping[type[CaseEvent], Step] = {
    work.PlanProposed: _proposed,
    work.PlanAgreed: _agreed,
    work.PlanRevised: _agreed,
    work.SessionBooked: _booked,
    work.SessionRescheduled: _rescheduled,
    work.SessionCancelled: _cancelled,
    work.SessionReminded: _reminded,
    work.SessionStopped: _stopped,
    **CREDITING,
    work.WorkStarted: _started,
    work.StartCorrected: _start_corrected,
    work.HoursMet: _hours,
    work.HoursReopened: _hours,
    work.OfficerNotified: _officer,
    work.WarningIssued: _warned,
    work.FinalWarningIssued: _final,
    work.WarningWithdrawn: _warning_withdrawn,
    work.CaseReturned: _returned,
}
