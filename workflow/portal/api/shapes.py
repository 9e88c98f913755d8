"""What the API answers beside cases, as shapes for its document; answers are not made from these but tested by them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from schemas.outcomes import Outcome
from schemas.vocabulary import ActivityKind, CaseState


class SiteView(BaseModel):
    """Where work is done."""

    id: str
    name: str
    activities: list[ActivityKind]
    longitude: float
    latitude: float
    suits_children: bool


class Sites(BaseModel):
    """The provider's sites."""

    sites: list[SiteView]


class SlotView(BaseModel):
    """A dated session and its free places; who holds the others is not told."""

    id: str
    site: str
    activity: ActivityKind
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    supervisor: str


class SlotPage(BaseModel):
    """A page of dated sessions, soonest first; `next` is the cursor of the page after it."""

    sessions: list[SlotView]
    next: str | None


class CaseworkerView(BaseModel):
    """A caseworker and his or her load."""

    id: str
    works_with_children: bool
    open_cases: int
    max_cases: int


class Caseworkers(BaseModel):
    """The provider's caseworkers."""

    caseworkers: list[CaseworkerView]


class OutcomePage(BaseModel):
    """A page of released rows in token order; `next` is what to go on after."""

    study: str
    outcomes: list[Outcome]
    next: str | None


class CommandEntry(BaseModel):
    """A command that may be asked for: who may, and the schema of its data."""

    title: str | None
    roles: list[str]
    agencies: list[str]
    schema_: dict[str, Any] = Field(alias="schema")


class EventEntry(BaseModel):
    """A fact that may happen."""

    title: str | None
    version: int


class RefusalEntry(BaseModel):
    """A reason for which a command may be refused."""

    rule: str
    remedy: str


class Catalogue(BaseModel):
    """What may be asked, what may have happened, and what each refusal means."""

    commands: dict[str, CommandEntry]
    events: dict[str, EventEntry]
    states: list[CaseState]
    roles: list[str]
    refusals: dict[str, RefusalEntry]
    referrals: dict[str, dict[str, Any]]


class Health(BaseModel):
    """This process answers."""

    status: Literal["alive"]


class Readiness(BaseModel):
    """Whether everything keeps up; `late` names what does not."""

    ready: bool
    late: list[str]
    outbox_age_seconds: float | None = None
    outbox_records: int | None = None
    timer_lateness_seconds: float | None = None
    lag_records: int | None = None
    lag_age_seconds: float | None = None
    parked_cases: int | None = None
