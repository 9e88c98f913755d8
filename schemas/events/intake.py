"""From a referral to an accepted or declined case."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.base import Tolerant
from schemas.events.base import CaseEvent
from schemas.vocabulary import (
    ActivityKind,
    AgeBand,
    AgencyKind,
    AsbHeading,
    AsbType,
    Basis,
    BehaviourKind,
    Clearance,
    ClockOrigin,
    ClockStatus,
    ContactState,
    Door,
    LimitationKind,
    Purpose,
    Responsibility,
    Stage,
)


class AffectedPersonNamed(Tolerant):
    """An affected person by token, with what the referral permitted; after a transfer also how contact stood."""

    token: UUID
    permission: bool
    wants_updates: bool
    code_victim: bool
    kind: str
    contact: ContactState | None = None
    channels: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    reached: bool = False
    remedy: str | None = None
    preference: ActivityKind | None = None
    consulted: bool = False


class ConditionSet(Tolerant):
    """Minutes authorised for one purpose."""

    purpose: Purpose
    minutes: int


class StartedClock(Tolerant):
    """A clock that runs, or cannot because the door lacks its origin."""

    clock: str
    origin: ClockOrigin | None = None
    status: ClockStatus = ClockStatus.RUNNING
    authority: str = "policy"


class StoppedClock(Tolerant):
    """A clock and the result that it ended with."""

    clock: str
    origin: ClockOrigin | None = None
    status: ClockStatus


class FailureCarried(Tolerant):
    """An unexcused failure at an earlier provider: the session, and when it was over."""

    session: UUID
    ended_at: datetime


class Carried(Tolerant):
    """What a case brings along from earlier providers: minutes done there, pauses, and how far the ladder went."""

    minutes: int = 0
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    stage: Stage = Stage.NONE
    warned_for: tuple[UUID, ...] = ()
    failures: tuple[FailureCarried, ...] = ()
    officer_told: bool = False


class ReferralReceived(CaseEvent):
    """A referral opened a case under a pinned version of the scheme's policy."""

    wire: ClassVar[str] = "case.referral.received"
    policy_version: str
    agency: str
    agency_kind: AgencyKind
    agency_token: UUID
    message_id: UUID
    provider: str
    participant: UUID
    door: Door
    basis: Basis
    behaviour: BehaviourKind
    asb_type: AsbType | None = None
    asb_heading: AsbHeading | None = None
    district: str | None = None
    age_at_behaviour: AgeBand
    age_at_disposal: AgeBand | None = None
    conditions: tuple[ConditionSet, ...]
    responsibility: Responsibility | None = None
    limitation: LimitationKind | None = None
    limitation_known: bool = False
    clearance: Clearance
    affected: tuple[AffectedPersonNamed, ...] = ()
    responsible_adults: int = 0
    flags: tuple[str, ...] = ()
    transferred_from: UUID | None = None
    started_at: datetime | None = None
    clearance_agency: str | None = None
    clearance_token: UUID | None = None
    carried: Carried | None = None


class ReferralAmended(CaseEvent):
    """The referrer corrected or completed its referral; minutes are those that it leaves to this case."""

    wire: ClassVar[str] = "case.referral.amended"
    agency: str
    message_id: UUID
    authorised_minutes: int | None = None
    limitation: LimitationKind | None = None
    limitation_known: bool | None = None
    note: UUID | None = None


class MatchProposed(CaseEvent):
    """The participant may be somebody the scheme already works with; a person decides."""

    wire: ClassVar[str] = "case.match.proposed"
    other_case: UUID
    score: int
    agreeing: tuple[str, ...]


class MatchConfirmed(CaseEvent):
    """A person confirmed the match; for one incident this case ends as linked."""

    wire: ClassVar[str] = "case.match.confirmed"
    other_case: UUID
    same_incident: bool


class MatchRejected(CaseEvent):
    """A person said that it is somebody else."""

    wire: ClassVar[str] = "case.match.rejected"
    other_case: UUID


class ReferrerJoined(CaseEvent):
    """A second agency's referral about the same incident was joined to this case; hours never add."""

    wire: ClassVar[str] = "case.referrer.joined"
    agency: str
    agency_kind: AgencyKind
    agency_token: UUID
    message_id: UUID
    from_case: UUID


class InformationRequested(CaseEvent):
    """The referrer is asked for what is missing."""

    wire: ClassVar[str] = "case.information.requested"
    fields: tuple[str, ...]


class InformationProvided(CaseEvent):
    """The referrer answered."""

    wire: ClassVar[str] = "case.information.provided"
    fields: tuple[str, ...]
    limitation: LimitationKind | None = None
    limitation_known: bool = False
    responsible_adults: int | None = None
    age_at_disposal: AgeBand | None = None
    note: UUID | None = None


class ReferralAccepted(CaseEvent):
    """The provider takes the case on."""

    wire: ClassVar[str] = "case.referral.accepted"


class ReferralDeclined(CaseEvent):
    """The provider does not take the case on."""

    wire: ClassVar[str] = "case.referral.declined"
    reason: str


class ClearanceRequested(CaseEvent):
    """Youth justice is asked whether a child may start."""

    wire: ClassVar[str] = "case.clearance.requested"
    agency: str
    agency_token: UUID


class ClearanceRecorded(CaseEvent):
    """Youth justice said whether a child may start."""

    wire: ClassVar[str] = "case.clearance.recorded"
    given: bool


class CaseworkerAllocated(CaseEvent):
    """A caseworker has the case; each part of the score is kept."""

    wire: ClassVar[str] = "case.caseworker.allocated"
    caseworker: str
    why: tuple[str, ...] = ()
    overruled: bool = False
    note: UUID | None = None


class ClocksStarted(CaseEvent):
    """Clocks that begin together, in one fact; the instants themselves are sealed."""

    wire: ClassVar[str] = "case.clock.started"
    version: ClassVar[int] = 1
    clocks: tuple[StartedClock, ...]


class ClockWarned(CaseEvent):
    """A clock is near its due time."""

    wire: ClassVar[str] = "case.clock.warned"
    clock: str
    origin: ClockOrigin | None = None


class ClockBreached(CaseEvent):
    """A clock passed its due time before it was stopped; people outside hear of it once `BreachTold` follows."""

    wire: ClassVar[str] = "case.clock.breached"
    clock: str
    origin: ClockOrigin | None = None


class BreachTold(CaseEvent):
    """The grace for late paperwork is over, or nothing can disprove the breach any more: people outside are told."""

    wire: ClassVar[str] = "case.clock.breach_told"
    clock: str
    origin: ClockOrigin | None = None


class ClocksStopped(CaseEvent):
    """Clocks that ended together, each with its result."""

    wire: ClassVar[str] = "case.clock.stopped"
    version: ClassVar[int] = 1
    clocks: tuple[StoppedClock, ...]


class BreachWithdrawn(CaseEvent):
    """Later paperwork showed an earlier start: the breach never was; `was_told`: people outside had heard of it."""

    wire: ClassVar[str] = "case.clock.breach_withdrawn"
    clock: str
    origin: ClockOrigin | None = None
    was_told: bool = True


class ClockCorrected(CaseEvent):
    """A correction changed a clock's result; `was_told`: people outside had heard of the one before."""

    wire: ClassVar[str] = "case.clock.corrected"
    clock: str
    origin: ClockOrigin | None = None
    was: ClockStatus
    status: ClockStatus
    was_told: bool = True
