"""The parts of a case; each is a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.vocabulary import (
    ActivityKind,
    AgencyKind,
    AttendanceOutcome,
    Authority,
    ClockOrigin,
    ClockStatus,
    ContactState,
    Purpose,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """An agency that referred this participant for this incident; exactly one governs."""

    agency: str
    kind: AgencyKind
    token: UUID
    message_id: UUID
    governs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Minutes authorised for one purpose."""

    purpose: Purpose
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A named clock, its origin, and how it stands; its instants are sealed in the vault.

    `untold`: it was missed, and people outside have yet to hear of it.
    """

    name: str
    origin: ClockOrigin | None
    status: ClockStatus
    authority: Authority
    warned: bool = False
    untold: bool = False

    @property
    def shown(self) -> ClockStatus:
        """How people outside see it: as running, until they are told that it was missed."""
        return ClockStatus.RUNNING if self.untold else self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """One activity of a plan; minutes are minutes of work."""

    activity: ActivityKind
    site: str
    minutes: int
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One booked place in a slot, and what came of it; `outcome` None means not yet recorded."""

    id: UUID
    slot: str
    place: int
    site: str
    activity: ActivityKind
    starts_at: datetime
    ends_at: datetime
    counts: bool
    outcome: AttendanceOutcome | None = None
    attended_from: datetime | None = None
    attended_to: datetime | None = None
    penalty_minutes: int = 0
    minutes: int = 0
    travel_minutes: int = 0
    enforceable: bool = False
    cancelled: bool = False
    stopped_at: datetime | None = None
    place_given_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An unexcused failure at an earlier provider, whose session is not this case's: by that session's id."""

    id: UUID
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPerson:
    """An affected person by token: where contact stands and what was asked for."""

    token: UUID
    contact: ContactState
    kind: str
    code_victim: bool
    wants_updates: bool
    permission: bool
    channels: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    # Attempts in vain since the person was last reached or gave new details.
    tried: tuple[str, ...] = ()
    reached: bool = False
    remedy: str | None = None
    preference: ActivityKind | None = None
    consulted: bool = False
    satisfaction: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A proposed match to another case that a person has yet to decide, or has decided."""

    other_case: UUID
    score: int
    decided: bool = False
