"""What happened at a session: recorded once, corrected by a superseding fact (domain.md 6.1, 6.2, R121)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from schemas import commands as c
from schemas.events import work
from schemas.vocabulary import AttendanceOutcome
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.machine.decision import CancelTimer, Decision
from workflow.machine.decisions.booking import cancelled, open_session, the_session
from workflow.machine.decisions.claims import release_of
from workflow.machine.decisions.hours import credit_moved, target_minutes
from workflow.rules.credit import (
    ACCEPTABLE,
    ATTENDED,
    ENFORCEABLE,
    PROVIDER_CANCELLED,
    CreditFault,
    counted_minutes,
    credit_fault,
    credited_minutes,
    remaining_minutes,
)
from workflow.rules.facts import Facts
from workflow.rules.ladder import evidence_until
from workflow.rules.refusals import Reason, Refusal
from workflow.schemes.words import LadderStep

# How far real work may lie outside its slot before the times are taken for a slip of the pen: our own choice.
TOLERANCE = timedelta(hours=2)
BY_THE_SERVICE = {AttendanceOutcome.AASD: "stood_down", AttendanceOutcome.RSSR: "rescheduled_by_service"}

REASONS: Mapping[str, Reason] = {
    "attendance_not_recorded": Reason(
        rule="Only what was recorded can be corrected or added to.", remedy="Record the attendance first."
    ),
    "times_needed": Reason(rule="Somebody who attended came and left.", remedy="Give the start and the end."),
    "times_forbidden": Reason(
        rule="Somebody who did not attend worked no time.", remedy="Leave out start, end and penalty."
    ),
    "end_not_after_start": Reason(rule="A session's work ends after it starts.", remedy="Correct the times."),
    "penalty_over_session": Reason(
        rule="A penalty is no longer than the time worked.", remedy="Give a smaller penalty."
    ),
    "times_in_the_future": Reason(
        rule="Work is recorded after it was done.", remedy="Record it when the session is over."
    ),
    "times_outside_session": Reason(
        rule="Work is recorded within two hours around its slot.",
        remedy="Correct the times, or record it at the session it belongs to.",
    ),
    "session_was_stopped": Reason(
        rule="A session that was stopped gives no time after its stop.", remedy="Give an end no later than the stop."
    ),
    "place_was_given_up": Reason(
        rule="Whoever was excused before a session began has given up the place.",
        remedy="Book the slot again, as of when it was agreed, if a place is free.",
    ),
    "officer_judges_excuses": Reason(
        rule="On a caution the officer judges whether an excuse is reasonable, not the provider.",
        remedy="Pass the evidence to the officer; correct the attendance once the officer has decided.",
    ),
    "session_lies_ahead": Reason(
        rule="A session that has not begun takes acceptable absences alone.", remedy="Wait until it has begun."
    ),
    "session_was_attended": Reason(
        rule="Evidence of absence is for a session nobody attended.", remedy="Correct the attendance instead."
    ),
    "evidence_window_passed": Reason(
        rule="The time in which policy takes evidence of an absence has passed.",
        remedy="Let somebody who may do so correct the attendance.",
    ),
    "session_not_attended": Reason(
        rule="Travel is credited for a session that was attended.", remedy="Name an attended session."
    ),
    "session_does_not_count": Reason(
        rule="A workshop uses up no authorised minutes.", remedy="Name a session of reparation."
    ),
    "nothing_left_to_credit": Reason(rule="No agreed minute is left to credit.", remedy="Nothing to do."),
}
FAULTS = {
    CreditFault.END_NOT_AFTER_START: "end_not_after_start",
    CreditFault.PENALTY_OVER_SESSION: "penalty_over_session",
}


def _record(case: Case, command: c.RecordAttendance, facts: Facts, now: datetime) -> Decision:
    """Once a session; stood down or moved by the service never counts against the participant (domain.md 11.6)."""
    session = open_session(case, command.session)
    _refuse_bad_times(session, command, now)
    outcome = command.outcome
    if outcome in PROVIDER_CANCELLED:
        return cancelled(session, BY_THE_SERVICE[outcome])
    if command.started_at is None or command.ended_at is None:
        return _missed(case, session, outcome, facts, now)
    attended = work.SessionAttended(
        session=session.id,
        outcome=outcome,
        started_at=command.started_at,
        ended_at=command.ended_at,
        penalty_minutes=command.penalty_minutes,
        minutes=_credit(case, session, command),
        enforceable=outcome in ENFORCEABLE,
    )
    return credit_moved(case, attended, facts, now)


def _missed(case: Case, session: Session, outcome: AttendanceOutcome, facts: Facts, now: datetime) -> Decision:
    """An absence known before the session begins gives its place to somebody else."""
    ahead = session.starts_at > now
    missed = work.SessionMissed(
        session=session.id, outcome=outcome, enforceable=outcome in ENFORCEABLE, place_given_up=ahead
    )
    decision = credit_moved(case, missed, facts, now)
    if not ahead:
        return decision
    reminder = CancelTimer(name=f"remind:{session.id}")
    return replace(decision, timers=(*decision.timers, reminder), claims=(release_of(session),))


def _correct(case: Case, command: c.CorrectAttendance, facts: Facts, now: datetime) -> Decision:
    """The earlier credit is given back before the new one is capped (domain.md 6.2)."""
    session = _recorded(case, command)
    _refuse_bad_times(session, command, now)
    corrected = work.AttendanceCorrected(
        session=session.id,
        outcome=command.outcome,
        started_at=command.started_at,
        ended_at=command.ended_at,
        penalty_minutes=command.penalty_minutes,
        minutes=_credit(case, session, command),
        enforceable=command.outcome in ENFORCEABLE,
        was_enforceable=session.enforceable,
    )
    return credit_moved(case, corrected, facts, now)


def _submit_evidence(case: Case, command: c.SubmitAbsenceEvidence, facts: Facts, now: datetime) -> Decision:
    """Evidence in time makes the absence an acceptable one (domain.md 6.4, R127)."""
    session = _recorded(case, command)
    if session.outcome in ATTENDED:
        raise Refusal("session_was_attended")
    if LadderStep.NOTIFY_OFFICER in facts.policy.bases[case.basis].ladder:
        raise Refusal("officer_judges_excuses", basis=case.basis)
    if command.happened(now) > evidence_until(session, facts.policy.evidence, facts.calendar):
        raise Refusal("evidence_window_passed")
    excused = work.AttendanceCorrected(
        session=session.id,
        outcome=command.outcome,
        minutes=0,
        enforceable=False,
        was_enforceable=session.enforceable,
    )
    return credit_moved(case, excused, facts, now)


def _adjust_travel(case: Case, command: c.AdjustTravel, facts: Facts, now: datetime) -> Decision:
    """At most 180 minutes an adjustment, never above what remains (domain.md 6.2)."""
    session = _recorded(case, command)
    if session.outcome not in ATTENDED:
        raise Refusal("session_not_attended")
    if not session.counts:
        raise Refusal("session_does_not_count")
    minutes = credited_minutes(command.minutes, remaining_minutes(target_minutes(case), case.credited_minutes))
    if minutes == 0:
        raise Refusal("nothing_left_to_credit")
    return credit_moved(case, work.TravelAdjusted(session=session.id, minutes=minutes), facts, now)


def _recorded(case: Case, command: c.CorrectAttendance | c.SubmitAbsenceEvidence | c.AdjustTravel) -> Session:
    session = the_session(case, command.session)
    if session.cancelled:
        raise Refusal("session_is_cancelled")
    if session.outcome is None:
        raise Refusal("attendance_not_recorded")
    return session


def _credit(case: Case, session: Session, command: c.RecordAttendance) -> int:
    if command.started_at is None or command.ended_at is None or not session.counts:
        return 0
    counted = counted_minutes(command.outcome, command.started_at, command.ended_at, command.penalty_minutes)
    left = remaining_minutes(target_minutes(case), case.credited_minutes, replaced=session.minutes)
    return credited_minutes(counted, left)


def _refuse_bad_times(session: Session, command: c.RecordAttendance, now: datetime) -> None:
    if session.place_given_up and command.outcome in ATTENDED | ENFORCEABLE:
        raise Refusal("place_was_given_up")
    if command.outcome in ATTENDED:
        _refuse_bad_work(session, command, now)
        return
    if command.started_at or command.ended_at or command.penalty_minutes:
        raise Refusal("times_forbidden", outcome=command.outcome)
    if session.starts_at > now and command.outcome not in ACCEPTABLE | PROVIDER_CANCELLED:
        raise Refusal("session_lies_ahead", outcome=command.outcome)


def _refuse_bad_work(session: Session, command: c.RecordAttendance, now: datetime) -> None:
    started, ended = command.started_at, command.ended_at
    if started is None or ended is None:
        raise Refusal("times_needed", outcome=command.outcome)
    fault = credit_fault(started, ended, command.penalty_minutes)
    if fault is not None:
        raise Refusal(FAULTS[fault])
    if ended > now:
        raise Refusal("times_in_the_future")
    if session.stopped_at is not None and ended > session.stopped_at:
        raise Refusal("session_was_stopped")
    if started < session.starts_at - TOLERANCE or ended > session.ends_at + TOLERANCE:
        raise Refusal("times_outside_session", tolerance_minutes=int(TOLERANCE.total_seconds() // 60))


RULES = {
    c.RecordAttendance: _record,
    c.CorrectAttendance: _correct,
    c.SubmitAbsenceEvidence: _submit_evidence,
    c.AdjustTravel: _adjust_travel,
}
