"""Plan, sessions and compliance."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Strict
from schemas.commands.base import MOST_MINUTES, Command, FreeText, Word
from schemas.referrals.fields import Moment
from schemas.vocabulary import ActivityKind, AttendanceOutcome, Purpose

CancelReason = Literal["supervisor_ill", "weather", "vehicle", "site_closed", "oversubscribed", "safety"]


class PlannedActivity(Strict):
    """One part of a plan."""

    activity: ActivityKind
    site: Word
    minutes: int = Field(gt=0, le=MOST_MINUTES)
    purpose: Purpose = Purpose.REPARATION


class ProposePlan(Command):
    """Ask the engine for a plan that keeps every hard constraint, best first."""


class AgreePlan(Command):
    """The participant signs a plan; left out, the proposed one is taken."""

    activities: tuple[PlannedActivity, ...] | None = None
    reason: FreeText | None = Field(default=None, description="Needed when it departs from the proposal or the choice.")


class RevisePlan(AgreePlan):
    """Change an agreed plan."""


class BookSession(Command):
    """Claim one place in a slot."""

    slot: Word
    reason: FreeText | None = None


class SessionCommand(Command):
    """A request about one session of the case."""

    session: UUID


class RescheduleSession(SessionCommand):
    """Move a session to another slot."""

    slot: Word
    asked_by: Literal["participant", "provider"]


class CancelSession(SessionCommand):
    """The provider cancels; it never counts against the participant (domain.md 11.6)."""

    reason: CancelReason


class StopSession(SessionCommand):
    """Somebody stops a session for safety; what was worked counts."""

    ended_at: Moment
    reason: Literal["injury", "threat", "hazard", "distress"]


class RecordAttendance(SessionCommand):
    """What happened at a session, by its outcome code; times only if attended."""

    outcome: AttendanceOutcome
    started_at: Moment | None = None
    ended_at: Moment | None = None
    penalty_minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)


class CorrectAttendance(RecordAttendance):
    """Supersede an earlier record; nothing is deleted."""


class SubmitAbsenceEvidence(SessionCommand):
    """The participant shows why a session was missed; accepted, it changes the outcome."""

    outcome: Literal[
        AttendanceOutcome.AAME,
        AttendanceOutcome.AAEM,
        AttendanceOutcome.AAFC,
        AttendanceOutcome.AACL,
        AttendanceOutcome.AARC,
        AttendanceOutcome.CO05,
    ]


class AdjustTravel(SessionCommand):
    """Credit travel, at most 180 minutes an adjustment (domain.md 6.2)."""

    minutes: int = Field(gt=0, le=180)


class IssueWarning(SessionCommand):
    """First step of a voluntary basis's ladder, for one enforceable session."""


class IssueFinalWarning(SessionCommand):
    """Second step of the ladder."""


class WithdrawWarning(Command):
    """Take the last warning back, because evidence or a correction removed its ground."""


class ReturnToReferrer(Command):
    """Hand the case back, with a report, in time for the referrer to act."""

    reason: Literal["non_compliance", "refused", "denies_responsibility", "new_risk", "out_of_time"]
