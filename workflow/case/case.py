"""The case itself, and what can be read off it without asking anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.vocabulary import (
    CHILD_BANDS,
    ENDED_STATES,
    ActivityKind,
    AgeBand,
    AsbHeading,
    AsbType,
    Basis,
    BehaviourKind,
    CaseState,
    Clearance,
    Door,
    LimitationKind,
    Purpose,
    Responsibility,
    Stage,
)
from workflow.case.parts import AffectedPerson, Clock, Condition, Failure, Match, PlanPart, Referrer, Session


# Without slots, so that `changed` may copy the fields whole: each fact folds into a new case of fifty fields.
@dataclass(frozen=True, kw_only=True)
class Case:
    """The provider's work on one participant and one referral group. `version` is the last event's sequence."""

    id: UUID
    tenant: str
    version: int
    state: CaseState
    policy_version: str
    door: Door
    basis: Basis
    behaviour: BehaviourKind
    asb_type: AsbType | None
    asb_heading: AsbHeading | None
    district: str | None
    provider: str
    participant: UUID
    age_at_behaviour: AgeBand
    age_at_disposal: AgeBand | None
    referrers: tuple[Referrer, ...]
    conditions: tuple[Condition, ...]
    limitation: LimitationKind | None
    limitation_known: bool
    clearance: Clearance
    received_at: datetime
    clearance_agency: str | None = None
    clearance_token: UUID | None = None
    responsible_adults: int = 0
    flags: tuple[str, ...] = ()
    responsibility: Responsibility | None = None
    affected: tuple[AffectedPerson, ...] = ()
    matches: tuple[Match, ...] = ()
    information_requested: tuple[str, ...] = ()
    caseworker: str | None = None
    consents: tuple[str, ...] = ()
    risk: str | None = None
    unsuitable: tuple[ActivityKind, ...] = ()
    proposal: tuple[PlanPart, ...] = ()
    proposed_slot: str | None = None
    proposal_why: tuple[str, ...] = ()
    plan: tuple[PlanPart, ...] = ()
    agreed_minutes: int = 0
    preference_followed: bool | None = None
    sessions: tuple[Session, ...] = ()
    clocks: tuple[Clock, ...] = ()
    started_at: datetime | None = None
    carried_start: datetime | None = None
    carried_minutes: int = 0
    carried_failures: tuple[Failure, ...] = ()
    stage: Stage = Stage.NONE
    warned_for: tuple[UUID, ...] = ()
    officer_told: bool = False
    paused_from: CaseState | None = None
    paused_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    transfer_to: str | None = None
    linked_to: UUID | None = None
    transferred_from: UUID | None = None
    end_reason: str | None = None
    ended_at: datetime | None = None
    reoffended: bool = False

    @property
    def governing(self) -> Referrer:
        """The referrer whose authorisation governs."""
        return next(referrer for referrer in self.referrers if referrer.governs)

    @property
    def authorised_minutes(self) -> int:
        """Authorised minutes of reparation or punishment; rehabilitation counts towards neither (domain.md 13.4)."""
        return sum(part.minutes for part in self.conditions if part.purpose is not Purpose.REHABILITATION)

    @property
    def credited_minutes(self) -> int:
        """Minutes credited so far, recomputed from the sessions; never stored (domain.md 6.2)."""
        return sum(session.minutes + session.travel_minutes for session in self.sessions if session.counts)

    @property
    def is_child(self) -> bool:
        """Whether the protections of childhood hold: a child at behaviour or at disposal (domain.md 13.11)."""
        return self.age_at_behaviour in CHILD_BANDS or self.age_at_disposal in CHILD_BANDS

    @property
    def ended(self) -> bool:
        """Whether the case has ended."""
        return self.state in ENDED_STATES

    @property
    def open_sessions(self) -> tuple[Session, ...]:
        """Sessions whose outcome nobody has recorded yet."""
        return tuple(session for session in self.sessions if session.outcome is None and not session.cancelled)

    @property
    def unresolved_match(self) -> bool:
        """Whether a proposed match waits for a person."""
        return any(not match.decided for match in self.matches)

    def session(self, session_id: UUID) -> Session | None:
        """Return the session of that id, or None."""
        return next((session for session in self.sessions if session.id == session_id), None)

    def person(self, token: UUID) -> AffectedPerson | None:
        """Return the affected person of that token, or None."""
        return next((person for person in self.affected if person.token == token), None)

    def clock(self, name: str, origin: object) -> Clock | None:
        """Return the clock of that name and origin, or None."""
        return next((clock for clock in self.clocks if clock.name == name and clock.origin == origin), None)


_FIELDS = frozenset(Case.__dataclass_fields__)


def changed(case: Case, **changes: Any) -> Case:
    """Return the case with some fields changed, as `dataclasses.replace` would at thirty times the cost."""
    if not changes.keys() <= _FIELDS:
        raise TypeError(f"a case has no {sorted(changes.keys() - _FIELDS)}")
    new = object.__new__(Case)
    new.__dict__.update(case.__dict__, **changes)
    return new
