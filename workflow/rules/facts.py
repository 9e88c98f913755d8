"""What a decision may look at besides the case and the command; handed in, never fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas.vocabulary import ActivityKind, AgencyKind, ClockOrigin, OrganisationKind, Role
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.rules.calendar import Calendar
from workflow.schemes import PolicyVersion


class Distance(StrEnum):
    """Bands, because exact distances to three sites locate a home (engine.md section 7)."""

    UNDER_3_KM = "under_3_km"
    UNDER_8_KM = "under_8_km"
    UNDER_20_KM = "under_20_km"
    FURTHER = "further"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks: a person in an engagement, an agency, or the timekeeper."""

    id: str
    organisation: str
    kind: OrganisationKind
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One row of the register of organisations."""

    slug: str
    tenant: str
    kind: OrganisationKind
    name: str
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where work is done; `suits_children` is the site's own risk assessment."""

    id: str
    name: str
    provider: str
    activities: frozenset[ActivityKind]
    longitude: float
    latitude: float
    suits_children: bool = True
    near_affected: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A dated slot at a site; `taken` maps place number to the case that holds it."""

    id: str
    site: str
    provider: str
    activity: ActivityKind
    starts_at: datetime
    ends_at: datetime
    capacity: int
    supervisor: str
    taken: Mapping[int, UUID] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def minutes(self) -> int:
        """Length in minutes of elapsed time."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def free_place(self) -> int | None:
        """The lowest free place number, or None when full."""
        return next((place for place in range(1, self.capacity + 1) if place not in self.taken), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseworker:
    """A caseworker with what allocation asks about; `knows` are person tokens of a conflict of interest."""

    id: str
    provider: str
    works_with_children: bool
    max_cases: int
    open_cases: int
    knows: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible match found in the vault: only score and agreeing fields leave it."""

    case_id: UUID
    score: int
    agreeing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may know. Instants and the birth date come from the vault and go nowhere else."""

    policy: PolicyVersion
    calendar: Calendar
    actor: Actor
    case_id: UUID
    birth_date: date | None = None
    origins: Mapping[ClockOrigin, datetime | None] = field(default_factory=lambda: MappingProxyType({}))
    limit_origins: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    sites: Mapping[str, Site] = field(default_factory=lambda: MappingProxyType({}))
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    caseworkers: tuple[Caseworker, ...] = ()
    providers: frozenset[str] = frozenset()
    # Sites near a place that the participant must keep away from, each with the last such day.
    kept_away: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    # What is sealed of each affected person, for a command that seals it anew.
    affected_details: Mapping[UUID, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    distances: Mapping[str, Distance] = field(default_factory=lambda: MappingProxyType({}))
    must_not_meet: frozenset[UUID] = frozenset()
    # The open sessions of those whom the participant must not meet.
    avoided: tuple[Session, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    other_case: Case | None = None
    youth_justice: str | None = None
    agency_kind: AgencyKind | None = None
    provider: str | None = None
    person_tokens: tuple[UUID, ...] = ()
    agency_token: UUID | None = None
    clearance_token: UUID | None = None
