"""What an attendance counts for: outcome codes, minutes and the start clock (domain.md 6.1, 6.2, R121)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from schemas.vocabulary import ActivityKind, AttendanceOutcome, Purpose
from workflow.case.parts import Session

_O = AttendanceOutcome

ATTENDED = frozenset({_O.ATTC, _O.AFTC, _O.AFDA, _O.ATSH, _O.ATSS, _O.ATCH})
ENFORCEABLE = frozenset({_O.AFTC, _O.ATSH, _O.ATFI, _O.UACP})
ACCEPTABLE = frozenset({_O.AAME, _O.AAEM, _O.AAFC, _O.AACL, _O.AARC, _O.CO05, _O.RSOF, _O.CO40})
# Stood down or moved by the service: never counts against the participant (domain.md 11.6).
PROVIDER_CANCELLED = frozenset({_O.AASD, _O.RSSR})
# Moved to another slot; a reschedule counts once, under its last slot (contracts section 8).
RESCHEDULED = frozenset({_O.RSSR, _O.RSOF})
MISSED = frozenset(_O) - ATTENDED - PROVIDER_CANCELLED
ONE_MINUTE = timedelta(minutes=1)

_A = ActivityKind
REHABILITATIVE = frozenset({_A.ASB_WORKSHOP, _A.WRITTEN_ASSIGNMENT})
# Every other activity makes good: work, apology, mediation, payment (domain.md 1.1, 3).
PURPOSES: Mapping[ActivityKind, Purpose] = MappingProxyType(
    {kind: Purpose.REHABILITATION if kind in REHABILITATIVE else Purpose.REPARATION for kind in ActivityKind}
)


class Became(StrEnum):
    """What became of a booked session; a case's sessions add up to these (contracts section 8)."""

    OPEN = "open"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED_BY_PROVIDER = "cancelled_by_provider"


def became(session: Session) -> Became:
    """Stood down or moved by the service is the provider's doing, also when a correction says so (domain.md 11.6)."""
    if session.cancelled or session.outcome in PROVIDER_CANCELLED:
        return Became.CANCELLED_BY_PROVIDER
    if session.attended_from is not None:
        return Became.ATTENDED
    return Became.OPEN if session.outcome is None else Became.MISSED


class CreditFault(StrEnum):
    """Why a session's times cannot be credited (domain.md 6.2)."""

    END_NOT_AFTER_START = "end_not_after_start"
    PENALTY_NEGATIVE = "penalty_negative"
    PENALTY_OVER_SESSION = "penalty_over_session"


def session_minutes(start: datetime, end: datetime) -> int:
    """Whole minutes from start to end; seconds left over do not count."""
    return (end - start) // ONE_MINUTE


def credit_fault(start: datetime, end: datetime, penalty_minutes: int) -> CreditFault | None:
    """What is wrong with the times, if anything: end after start, penalty within the session (domain.md 6.2)."""
    if end <= start:
        return CreditFault.END_NOT_AFTER_START
    if penalty_minutes < 0:
        return CreditFault.PENALTY_NEGATIVE
    if penalty_minutes > session_minutes(start, end):
        return CreditFault.PENALTY_OVER_SESSION
    return None


def counted_minutes(outcome: AttendanceOutcome, start: datetime, end: datetime, penalty_minutes: int) -> int:
    """End less start less penalty in minutes, only if attended; ValueError names a fault (domain.md 6.2, R121)."""
    fault = credit_fault(start, end, penalty_minutes)
    if fault is not None:
        raise ValueError(fault)
    return session_minutes(start, end) - penalty_minutes if outcome in ATTENDED else 0


def remaining_minutes(agreed: int, credited: int, *, replaced: int = 0) -> int:
    """Minutes still to do; a correction first gives back what it replaces (domain.md 6.2)."""
    return max(agreed - (credited - replaced), 0)


def credited_minutes(counted: int, remaining: int) -> int:
    """Minutes to credit: never above what remains (domain.md 6.2, R121)."""
    return min(counted, remaining)


def counts_towards_hours(activity: ActivityKind) -> bool:
    """Whether time on this activity uses up authorised minutes: reparation alone (contracts section 8)."""
    return PURPOSES[activity] is Purpose.REPARATION


def stops_start_clock(outcome: AttendanceOutcome, activity: ActivityKind) -> bool:
    """Whether this attendance is a start: attended reparation, unless sent home for the service (domain.md 13.9)."""
    return outcome in ATTENDED and outcome is not _O.ATSS and counts_towards_hours(activity)
