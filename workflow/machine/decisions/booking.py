"""Sessions are booked, moved, cancelled, stopped and reminded of (domain.md 10 rows 10 to 13)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from schemas import commands as c
from schemas.events import work
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.machine.decision import CancelTimer, ClaimPlace, Decision, Seal, SetTimer, TimerChange, derived
from workflow.machine.decisions.claims import release_of
from workflow.machine.decisions.slot_checks import fitting_place
from workflow.machine.decisions.slots import Asked, counts_for, the_slot
from workflow.rules.facts import Facts, Slot
from workflow.rules.refusals import Reason, Refusal

REASONS: Mapping[str, Reason] = {
    "session_unknown": Reason(rule="The case has no session of that id.", remedy="Take the id from the case."),
    "session_is_cancelled": Reason(rule="The session was cancelled.", remedy="Book another session."),
    "attendance_is_recorded": Reason(
        rule="What happened at a session is recorded once.", remedy="Correct the attendance instead."
    ),
    "session_has_begun": Reason(
        rule="A session moves before it begins.", remedy="Record its attendance, with the code for a rescheduled one."
    ),
    "slot_is_the_same": Reason(rule="The session is in that slot already.", remedy="Choose another slot."),
    "stop_outside_session": Reason(
        rule="A session is stopped while it runs.", remedy="Give a time within the session that has passed."
    ),
    "reminder_needless": Reason(
        rule="Nobody is reminded of a session that has begun, is recorded or was cancelled.", remedy="Nothing to do."
    ),
    "no_session_booked_yet": Reason(rule="The case has no session yet.", remedy="Book a session first."),
    "hours_are_met": Reason(
        rule="Every agreed minute is credited.", remedy="Complete the case, or correct an attendance."
    ),
}


def the_session(case: Case, session_id: UUID) -> Session:
    """Return the session of that id, or refuse."""
    session = case.session(session_id)
    if session is None:
        raise Refusal("session_unknown")
    return session


def open_session(case: Case, session_id: UUID) -> Session:
    """Return a session that is neither cancelled nor recorded, or refuse."""
    session = the_session(case, session_id)
    if session.cancelled:
        raise Refusal("session_is_cancelled")
    if session.outcome is not None:
        raise Refusal("attendance_is_recorded")
    return session


def reminder(session: UUID, starts_at: datetime, facts: Facts, now: datetime) -> tuple[TimerChange, ...]:
    """Set the next reminder of policy's hours before a session; none left, take back what was set (domain.md 10)."""
    ahead = [starts_at - timedelta(hours=hours) for hours in facts.policy.reminder_hours]
    due = min((instant for instant in ahead if instant > now), default=None)
    name = f"remind:{session}"
    if due is None:
        return (CancelTimer(name=name),)
    return (SetTimer(name=name, due_at=due, command=c.RemindOfSession(session=session)),)


def cancelled(session: Session, reason: str) -> Decision:
    """The provider's doing: the place and the reminder go, nothing counts against the participant (domain.md 11.6)."""
    return Decision(
        facts=(work.SessionCancelled(session=session.id, reason=reason),),
        timers=(CancelTimer(name=f"remind:{session.id}"),),
        claims=(release_of(session),),
    )


def _placed(case: Case, slot: Slot, place: int) -> dict[str, Any]:
    return {
        "slot": slot.id,
        "place": place,
        "site": slot.site,
        "activity": slot.activity,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "counts": counts_for(case, slot),
    }


def _book(case: Case, command: c.BookSession, facts: Facts, now: datetime) -> Decision:
    """Claim one place; late paperwork is judged on when it was booked (domain.md 13.26)."""
    slot = the_slot(case, command.slot, facts)
    place = fitting_place(Asked(case, slot, facts, command.happened(now)))
    session = derived(case.id, case.version, "session")
    note = derived(case.id, case.version, "note") if command.reason else None
    sealed = Seal(person=case.participant, ref=note, kind="note", fields={"text": command.reason}) if note else None
    return Decision(
        facts=(work.SessionBooked(session=session, note=note, **_placed(case, slot, place)),),
        seals=(sealed,) if sealed else (),
        timers=tuple(t for t in reminder(session, slot.starts_at, facts, now) if isinstance(t, SetTimer)),
        claims=(ClaimPlace(slot=slot.id, place=place),),
    )


def _reschedule(case: Case, command: c.RescheduleSession, facts: Facts, now: datetime) -> Decision:
    """A moved session counts once, under its last slot (contracts section 8)."""
    session = open_session(case, command.session)
    happened = command.happened(now)
    if session.starts_at <= happened:
        raise Refusal("session_has_begun")
    if session.slot == command.slot:
        raise Refusal("slot_is_the_same")
    slot = the_slot(case, command.slot, facts)
    place = fitting_place(Asked(case, slot, facts, happened, session))
    moved = work.SessionRescheduled(session=session.id, asked_by=command.asked_by, **_placed(case, slot, place))
    return Decision(
        facts=(moved,),
        timers=reminder(session.id, slot.starts_at, facts, now),
        claims=(release_of(session), ClaimPlace(slot=slot.id, place=place)),
    )


def _cancel(case: Case, command: c.CancelSession, _facts: Facts, _now: datetime) -> Decision:
    return cancelled(open_session(case, command.session), command.reason)


def _stop(case: Case, command: c.StopSession, _facts: Facts, now: datetime) -> Decision:
    session = open_session(case, command.session)
    if not session.starts_at <= command.ended_at <= min(session.ends_at, now):
        raise Refusal("stop_outside_session")
    return Decision(facts=(work.SessionStopped(session=session.id, ended_at=command.ended_at, reason=command.reason),))


def _remind(case: Case, command: c.RemindOfSession, facts: Facts, now: datetime) -> Decision:
    session = next((kept for kept in case.open_sessions if kept.id == command.session), None)
    if session is None or session.starts_at <= now:
        raise Refusal("reminder_needless")
    again = reminder(session.id, session.starts_at, facts, now)
    return Decision(
        facts=(work.SessionReminded(session=session.id),),
        timers=tuple(timer for timer in again if isinstance(timer, SetTimer)),
    )


RULES = {
    c.BookSession: _book,
    c.RescheduleSession: _reschedule,
    c.CancelSession: _cancel,
    c.StopSession: _stop,
    c.RemindOfSession: _remind,
}
