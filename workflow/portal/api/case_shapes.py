"""Cases as the API answers them, as shapes for its document; answers are not made from these but tested by them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, create_model

from schemas.vocabulary import (
    ActivityKind,
    Authority,
    CaseState,
    Clearance,
    ClockOrigin,
    ClockStatus,
    ContactState,
    Stage,
)
from workflow.case.case import Case
from workflow.case.parts import Condition, Match, PlanPart, Session
from workflow.portal.api.fault_shapes import Problem
from workflow.portal.views import PLAIN_FIELDS


class ClockView(BaseModel):
    """How a clock stands; the start clock shows the origin that policy judges by, beside all four."""

    status: ClockStatus
    origin: ClockOrigin | None
    authority: Authority
    warned: bool
    origins: dict[ClockOrigin, ClockStatus] = {}


class ReferrerView(BaseModel):
    """An agency that referred; exactly one governs."""

    agency: str
    kind: str
    governs: bool


class AffectedView(BaseModel):
    """An affected person; token and contact only for the roles that work with affected people."""

    kind: str
    consulted: bool
    remedy: str | None
    preference: ActivityKind | None
    token: UUID | None = None
    contact: ContactState | None = None
    wants_updates: bool = False
    code_victim: bool = False
    permission: bool = False
    attempts: list[str] = []
    reached: bool = False
    satisfaction: int | None = None


_OF_CASE = {name: (Case.__annotations__.get(name, int), ...) for name in PLAIN_FIELDS} | {"is_child": (bool, ...)}
_OF_SESSION = {name: (kind, ...) for name, kind in Session.__annotations__.items() if name != "place"}
SessionView = create_model("SessionView", __doc__="One booked session, and what came of it.", **_OF_SESSION)  # type: ignore[call-overload]
CaseView = create_model(  # type: ignore[call-overload]
    "CaseView",
    __doc__="A case as the provider's people read it.",
    **_OF_CASE,
    clocks=(dict[str, ClockView], ...),
    referrers=(list[ReferrerView], ...),
    conditions=(list[Condition], ...),
    proposal=(list[PlanPart], ...),
    plan=(list[PlanPart], ...),
    sessions=(list[SessionView], ...),
    matches=(list[Match], ...),
    affected=(list[AffectedView], ...),
)


class AgencyCaseView(BaseModel):
    """A case as an agency reads it; one that does not govern, and housing, read the state alone."""

    referral: UUID
    state: CaseState
    clearance: Clearance | None = None
    authorised_minutes: int | None = None
    agreed_minutes: int | None = None
    credited_minutes: int | None = None
    stage: Stage | None = None
    clocks: dict[str, ClockStatus] = {}


class CasePage(BaseModel):
    """A page of cases; `next` is the cursor of the page after it."""

    cases: list[CaseView | AgencyCaseView]
    next: str | None


class Snapshot(BaseModel):
    """The case as it was just after a fact."""

    state: CaseState
    stage: Stage
    clearance: Clearance
    caseworker: str | None
    agreed_minutes: int
    credited_minutes: int
    started_at: datetime | None


class TimelineEntry(BaseModel):
    """One fact; `fact` is the event's own body, empty where the caller may not read it."""

    sequence: int
    type: str
    words: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    state_before: CaseState | None
    state_after: CaseState
    fact: dict[str, Any]
    snapshot: Snapshot


class Timeline(BaseModel):
    """Every fact of a case, first first."""

    case: UUID
    version: int
    timeline: list[TimelineEntry]


class RefusalView(BaseModel):
    """Why not, and what to do instead."""

    code: str
    rule: str
    remedy: str
    facts: dict[str, Any]


class Action(BaseModel):
    """Whether a command is allowed now, refused and why, or depends on named fields."""

    command: str
    verdict: Literal["allowed", "refused", "depends"]
    fields: list[str] = []
    refusal: RefusalView | None = None


class Actions(BaseModel):
    """A verdict on every command that the caller's role may ask for; only the provider's people read the version."""

    case: UUID
    actions: list[Action]
    version: int | None = None


class Tried(Action):
    """The exact answer that a command would get; nothing was kept."""

    events: list[str] = []
    version: int | None = None


class EventView(BaseModel):
    """One fact that a command led to."""

    type: str
    sequence: int


class Applied(BaseModel):
    """What a command led to, and the version that the next one is decided on."""

    version: int
    state: CaseState
    events: list[EventView]


class BulkApplied(Applied):
    """One item of a bulk that was applied."""

    status: Literal[200]
    case: UUID


class AgencyBulkApplied(AgencyCaseView):
    """The same for an agency: its own view instead of versions and events."""

    status: Literal[200]
    case: UUID


class BulkResults(BaseModel):
    """A result an item, in order: applied, or the problem that it met."""

    results: list[BulkApplied | AgencyBulkApplied | Problem]
