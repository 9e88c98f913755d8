"""Plan, sessions, compliance."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.base import Tolerant
from schemas.events.base import CaseEvent
from schemas.vocabulary import ActivityKind, AttendanceOutcome, Purpose, Stage


class PlanPart(Tolerant):
    """One activity of a plan."""

    activity: ActivityKind
    site: str
    minutes: int
    purpose: Purpose = Purpose.REPARATION


class PlanProposed(CaseEvent):
    """A plan that keeps every hard constraint, with the parts of its score in words."""

    wire: ClassVar[str] = "case.plan.proposed"
    parts: tuple[PlanPart, ...]
    first_slot: str | None = None
    score: int
    why: tuple[str, ...]


class PlanAgreed(CaseEvent):
    """The participant signed a plan."""

    wire: ClassVar[str] = "case.plan.agreed"
    parts: tuple[PlanPart, ...]
    minutes: int
    preference_followed: bool | None = None
    overruled: bool = False
    note: UUID | None = None


class PlanRevised(PlanAgreed):
    """An agreed plan changed."""

    wire: ClassVar[str] = "case.plan.revised"


class SessionEvent(CaseEvent):
    """A fact about one session of the case."""

    session: UUID


class SessionBooked(SessionEvent):
    """One place in a slot was claimed."""

    wire: ClassVar[str] = "case.session.booked"
    slot: str
    place: int
    site: str
    activity: ActivityKind
    starts_at: datetime
    ends_at: datetime
    counts: bool = True
    note: UUID | None = None


class SessionRescheduled(SessionEvent):
    """A session moved to another slot."""

    wire: ClassVar[str] = "case.session.rescheduled"
    slot: str
    place: int
    site: str
    activity: ActivityKind
    starts_at: datetime
    ends_at: datetime
    counts: bool = True
    asked_by: str


class SessionCancelled(SessionEvent):
    """The provider cancelled."""

    wire: ClassVar[str] = "case.session.cancelled"
    reason: str


class SessionReminded(SessionEvent):
    """The participant was reminded."""

    wire: ClassVar[str] = "case.session.reminded"


class SessionStopped(SessionEvent):
    """A session was stopped for safety."""

    wire: ClassVar[str] = "case.session.stopped"
    ended_at: datetime
    reason: str


class SessionAttended(SessionEvent):
    """Somebody came; minutes counted are reparation only."""

    wire: ClassVar[str] = "case.session.attended"
    outcome: AttendanceOutcome
    started_at: datetime
    ended_at: datetime
    penalty_minutes: int = 0
    minutes: int
    enforceable: bool = False


class SessionMissed(SessionEvent):
    """Nobody came, or what happened was not attendance."""

    wire: ClassVar[str] = "case.session.missed"
    outcome: AttendanceOutcome
    enforceable: bool
    place_given_up: bool = False


class AttendanceCorrected(SessionEvent):
    """A later record supersedes the earlier one."""

    wire: ClassVar[str] = "case.session.corrected"
    outcome: AttendanceOutcome
    started_at: datetime | None = None
    ended_at: datetime | None = None
    penalty_minutes: int = 0
    minutes: int
    enforceable: bool
    was_enforceable: bool = False


class TravelAdjusted(SessionEvent):
    """Travel was credited."""

    wire: ClassVar[str] = "case.travel.adjusted"
    minutes: int


class WorkStarted(CaseEvent):
    """The first attended minute of reparation."""

    wire: ClassVar[str] = "case.work.started"
    started_at: datetime


class StartCorrected(CaseEvent):
    """A correction moved the first attended minute, or took it away."""

    wire: ClassVar[str] = "case.work.start_corrected"
    started_at: datetime | None = None


class HoursMet(CaseEvent):
    """Credited minutes reached what was agreed."""

    wire: ClassVar[str] = "case.hours.met"
    credited: int


class HoursReopened(CaseEvent):
    """A correction took credited minutes below what was agreed."""

    wire: ClassVar[str] = "case.hours.reopened"
    credited: int


class OfficerNotified(SessionEvent):
    """An unexcused failure on a caution: the officer decides, at the first (domain.md 13.5)."""

    wire: ClassVar[str] = "case.officer.notified"


class WarningIssued(SessionEvent):
    """First step of the ladder."""

    wire: ClassVar[str] = "case.warning.issued"
    stage: Stage


class FinalWarningIssued(SessionEvent):
    """Second step of the ladder."""

    wire: ClassVar[str] = "case.final_warning.issued"
    stage: Stage


class WarningWithdrawn(CaseEvent):
    """A warning lost its ground: the session named, or the last one warned for."""

    wire: ClassVar[str] = "case.warning.withdrawn"
    stage: Stage
    session: UUID | None = None


class CaseReturned(CaseEvent):
    """The case goes back to the referrer."""

    wire: ClassVar[str] = "case.life.returned"
    reason: str
