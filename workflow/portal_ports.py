"""What the portal reads besides the office: small promises; an adapter of the store's keeps them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from schemas.envelope import Recorded
from schemas.vocabulary import Audience, OrganisationKind, Role
from workflow.case.case import Case
from workflow.rules.facts import Actor, Caseworker, Organisation, Site, Slot

MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as what, for which organisation; everything he may see follows from this and nothing else."""

    id: str
    tenant: str
    organisation: str
    kind: OrganisationKind
    roles: frozenset[Role] = frozenset()
    study: str | None = None
    staff_id: str | None = None

    @property
    def actor(self) -> Actor:
        """The caller as the rules know him."""
        return Actor(id=self.id, organisation=self.organisation, kind=self.kind, roles=self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in, with what the lock-out needs."""

    id: UUID
    login: str
    password_hash: str
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What a person is for one organisation now."""

    id: UUID
    user_id: UUID
    tenant: str
    organisation: str
    organisation_name: str
    kind: OrganisationKind
    role: Role
    staff_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A signed-in browser; without an engagement it may only choose one."""

    user_id: UUID
    csrf: str
    engagement: Engagement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A machine's bearer secret, by its hash. `role` is empty for an agency: its kind says what it may do."""

    id: UUID
    secret_hash: bytes
    tenant: str
    organisation: str
    kind: OrganisationKind
    role: Role | None
    study: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a page of them holds: those after `after` by id, at most `limit`."""

    state: str | None = None
    caseworker: str | None = None
    changed_after: datetime | None = None
    after: UUID | None = None
    limit: int = 50
    open_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFilter:
    """Which slots a page of them holds: those that start in [starting, until), after `after` by (start, id)."""

    starting: datetime | None = None
    until: datetime | None = None
    free: bool | None = None
    after: tuple[datetime, str] | None = None
    limit: int = MOST_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message as it lies in the local mailbox: to a person of a case, in one of the two personal audiences."""

    id: str
    case_id: UUID
    audience: Audience
    recipient: str
    address: str
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """One reveal of personal data, or a refused attempt at one."""

    person: UUID
    fields: tuple[str, ...]
    why: str | None
    refused: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage:
    """Released rows of a study in token order."""

    rows: tuple[bytes, ...]
    last: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What readiness is judged on: seconds, records, cases; over all schemes together."""

    outbox_age_seconds: float = 0.0
    outbox_records: int = 0
    timer_lateness_seconds: float = 0.0
    lag_records: int = 0
    lag_age_seconds: float | None = None
    parked_cases: int = 0


class Accounts(Protocol):
    """Who may sign in and call. Lock-out and expiry go by the database's own clock, whatever a demo's says."""

    async def account(self, login: str) -> Account | None:
        """Return the account of a login, in any letter case, or None."""
        ...

    async def sign_in_failed(self, user_id: UUID, *, most: int, lock_for: timedelta) -> None:
        """Count a failure; the one that makes `most` locks the account for `lock_for` and starts the count anew."""
        ...

    async def sign_in_succeeded(self, user_id: UUID) -> None:
        """Forget earlier failures."""
        ...

    async def engagements(self, user_id: UUID) -> tuple[Engagement, ...]:
        """Return what the person is today, by organisation and role; another's are never found."""
        ...

    async def open_session(
        self, token_hash: bytes, user_id: UUID, csrf: str, *, engagement: UUID | None, lasts: timedelta
    ) -> None:
        """Keep a signed-in browser."""
        ...

    async def session(self, token_hash: bytes) -> WebSession | None:
        """Return the session if it has not expired and its engagement still holds; else None."""
        ...

    async def choose(self, token_hash: bytes, engagement: UUID) -> None:
        """Set the engagement that a session speaks in."""
        ...

    async def close_session(self, token_hash: bytes) -> None:
        """End a session; ending it twice is no error."""
        ...

    async def credential(self, credential_id: UUID) -> Credential | None:
        """Return a credential that nobody revoked, or None."""
        ...


class Reading(Protocol):  # noqa: PLR0904 - a read a page
    """What GETs and pages read. Each method is one read-only transaction in the caller's tenant and organisation."""

    def together(self, caller: Caller) -> AbstractAsyncContextManager["Reading"]:
        """Open one transaction for several reads of one caller; while it is open, ask nothing else of the database."""
        ...

    async def case(self, caller: Caller, case_id: UUID) -> Case | None:
        """Return a case that the caller's organisation has a part in, or None."""
        ...

    async def case_of_message(self, caller: Caller, message_id: UUID) -> UUID | None:
        """Return the case that a referral of the caller's organisation opened, by its message id, or None."""
        ...

    async def receipt(self, caller: Caller, message_id: UUID) -> bytes | None:
        """Return the receipt that the caller's organisation got for a message, or None."""
        ...

    async def case_of_token(self, caller: Caller, token: UUID) -> UUID | None:
        """Return the case that an agency knows by a token, or None; of several the one that goes on in no other."""
        ...

    async def cases(self, caller: Caller, wanted: CaseFilter) -> Sequence[Case]:
        """Return a page of cases in id order; an agency's without those that go on in another, which it knows."""
        ...

    async def history(self, caller: Caller, case_id: UUID) -> Sequence[Recorded]:
        """Return a case's facts, first first; nothing of a case that is not the caller's."""
        ...

    async def due(self, caller: Caller, case_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, datetime]]:
        """Return when each case's timers are due, by timer name."""
        ...

    async def organisations(self, caller: Caller) -> Sequence[Organisation]:
        """Return the scheme's register in slug order."""
        ...

    async def sites(self, caller: Caller) -> Sequence[Site]:
        """Return the caller's provider's sites in id order."""
        ...

    async def slots(self, caller: Caller, wanted: SlotFilter) -> Sequence[Slot]:
        """Return a page of the provider's slots, soonest first."""
        ...

    async def caseworkers(self, caller: Caller) -> Sequence[Caseworker]:
        """Return the provider's caseworkers in id order; whom they know is left out."""
        ...

    async def mail(self, caller: Caller, *, limit: int) -> Sequence[Mail]:
        """Return delivered messages, newest first."""
        ...

    async def outcomes(self, caller: Caller, study: str, after: UUID | None, *, limit: int) -> OutcomePage:
        """Return released rows of one study, as they were last released."""
        ...


class Readiness(Protocol):
    """How the engine keeps up."""

    async def readings(self, tenants: Sequence[str]) -> Readings:
        """Return what readiness is judged on, over the given schemes together."""
        ...


class Logbook(Protocol):
    """Append-only notes of who looked at what; a note that cannot be kept raises, and nothing is shown."""

    async def consulted(self, caller: Caller, consulted: Consulted) -> None:
        """Keep a reveal of personal data, refused ones too."""
        ...

    async def denied(self, caller: Caller, what: str, at: datetime) -> None:
        """Keep an attempt to see what does not exist for the caller; `what` is a route and an id, never a value."""
        ...
