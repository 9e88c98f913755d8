"""What the handlers need of the world: protocols whose docstrings are promises."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from schemas.commands import Command
from schemas.envelope import Recorded
from workflow.case.case import Case
from workflow.machine.decision import Claim, Seal, TimerChange
from workflow.rules.facts import Caseworker, Organisation, Site, Slot


class StaleCaseError(Exception):
    """A case moved on between loading and keeping; load it again and decide again. Nothing was kept."""


class ClaimLostError(Exception):
    """Somebody else took the place or the load first; decide that case again. Nothing was kept."""

    def __init__(self, case_id: UUID) -> None:
        """Name the case whose claim was lost."""
        super().__init__(str(case_id))
        self.case_id = case_id


class StalePositionError(Exception):
    """Another owner has moved the position of this partition: this one is a zombie and must stop."""


class AmbiguousCommitError(Exception):
    """The connection was lost while committing: reload position and versions, since nobody knows if it was kept."""


class StoreDownError(Exception):
    """The database cannot be reached, or was lost before the commit. Nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a message id that came before: its keyed fingerprint and the reply it got."""

    fingerprint: bytes
    disposition: str
    case_id: UUID | None
    reply: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """A message's identity: who sent it (the authenticated organisation or user) and its own id."""

    tenant: str
    source: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One distinct sending of a message, counted once however often it is read: (source, number)."""

    source: str
    number: str
    disposition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """One record to publish, byte for byte; `part` 0 is the case event itself, kept as its own record."""

    topic: str
    key: bytes
    case_id: UUID
    sequence: int
    part: int
    event_id: str
    headers: tuple[tuple[str, str], ...]
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """The whole current row of one study token, to be released at the next period's end."""

    study: str
    token: UUID
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """One case's share of a transaction. `expected` is the version it was decided on, 0 for a new case."""

    expected: int
    case: Case
    events: tuple[Recorded, ...]
    outward: tuple[Outward, ...]
    timers: tuple[TimerChange, ...]
    claims: tuple[Claim, ...]
    outcomes: tuple[OutcomeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A message with the reply it got, kept so that the same message gets the same reply."""

    key: MessageKey
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A partition's place in SQL: `read_to` is the next offset; `expected` the one before this batch."""

    cluster: str
    topic: str
    partition: int
    expected: int
    read_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A record that could not be taken, with all that is needed to replay it; the bytes are sealed by the store.

    `parks`: its case waits for an operator from now on. `sending`: counted with it, where nothing else counts it.
    """

    tenant: str | None
    topic: str
    partition: int
    offset: int
    fingerprint: str
    reason: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    case_id: UUID | None = None
    parks: bool = False
    sending: Sending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredTimer:
    """A timer whose command was decided (or had become needless): its row goes in this transaction.

    One that was set again, or is not due by the instant of the transaction, makes `keep` raise StaleCaseError.
    """

    case_id: UUID
    name: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    """A timer whose time has come, with the command that it asks."""

    tenant: str
    timer: FiredTimer
    due_at: datetime
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything one transaction keeps. It is kept whole or not at all.

    `unmoved`: other cases by whose state, at these versions, its cases were decided.
    """

    tenant: str
    cases: tuple[KeptCase, ...] = ()
    unmoved: Mapping[UUID, int] = field(default_factory=lambda: MappingProxyType({}))
    answered: tuple[Answered, ...] = ()
    sendings: tuple[Sending, ...] = ()
    outward: tuple[Outward, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    parked: tuple[tuple[UUID, str], ...] = ()
    fired: tuple[FiredTimer, ...] = ()
    position: Position | None = None


class Clock(Protocol):
    """Tells the time; in production the database's."""

    async def now(self) -> datetime:
        """Return an aware instant in UTC; StoreDownError when nobody answers."""
        ...


class Work(Protocol):  # noqa: PLR0904 - one transaction reads whatever a decision may need
    """One transaction of one tenant or several: read, decide, keep. Leaving without `keep` changes nothing."""

    async def now(self) -> datetime:
        """Return the transaction's instant, in UTC; the demo clock's where one is set."""
        ...

    async def seen(self, keys: Iterable[MessageKey]) -> Mapping[MessageKey, Seen]:
        """Return what is known of the given message ids."""
        ...

    async def cases(self, tenant: str, case_ids: Iterable[UUID]) -> Mapping[UUID, Case]:
        """Return the stored cases; unknown ids and other tenants' cases are absent."""
        ...

    async def history(self, tenant: str, case_id: UUID) -> Sequence[Recorded]:
        """Return a case's facts, first first."""
        ...

    async def parked(self, tenant: str, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return which of the cases an operator must see first."""
        ...

    async def organisations(self, tenant: str) -> Mapping[str, Organisation]:
        """Return the scheme's register of organisations by slug."""
        ...

    async def sites(self, tenant: str, provider: str) -> Mapping[str, Site]:
        """Return the provider's sites by id."""
        ...

    async def slots(self, tenant: str, slot_ids: Iterable[str]) -> Mapping[str, Slot]:
        """Return the named slots with their places taken, locked until the end, in id order."""
        ...

    async def open_slots(self, tenant: str, provider: str, after: datetime, until: datetime) -> Mapping[str, Slot]:
        """Return slots with a free place that start in [after, until), not locked, soonest first."""
        ...

    async def kept_apart(self, tenant: str, case_ids: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Return by case the cases whose participants must not meet its own at a session."""
        ...

    async def caseworkers(self, tenant: str, provider: str) -> tuple[Caseworker, ...]:
        """Return the provider's caseworkers with their open cases, locked until the end, in id order."""
        ...

    async def seal(self, tenant: str, seals: Sequence[Seal], provenance: Mapping[str, str]) -> None:
        """Keep personal data under the key of its person; a key is made on first use. Same ref: replaced."""
        ...

    async def unseal(
        self, tenant: str, wanted: Sequence[tuple[UUID, str]]
    ) -> Mapping[tuple[UUID, str], Mapping[str, object]]:
        """Open (person, kind) for the engine's own rules; kinds that were never sealed are absent."""
        ...

    async def foresee(
        self,
        tenant: str,
        *,
        searches: Sequence[Mapping[str, object]] = (),
        opening: Sequence[tuple[UUID, str]] = (),
    ) -> None:
        """Look up in one read each whom details will meet and what will be opened; a hint, which changes no answer."""
        ...

    async def search(self, tenant: str, details: Mapping[str, object]) -> Sequence[tuple[UUID, Mapping[str, object]]]:
        """Return at most 50 people whose keyed search values meet these details', with their details opened."""
        ...

    async def find(self, tenant: str, reference: str) -> Sequence[UUID]:
        """Return the participants of at most 50 kept referrals that bear a reference, however it is spaced."""
        ...

    async def cases_of(self, tenant: str, people: Iterable[UUID]) -> Mapping[UUID, tuple[UUID, ...]]:
        """Return the cases of each participant token."""
        ...

    async def keep(self, *batches: Batch) -> None:
        """Keep all and commit, or keep nothing and raise StaleCaseError, ClaimLostError or StalePositionError.

        Each batch is of another tenant, and they come in the order of tenants, so that all lock in one order.
        """
        ...


class Store(Protocol):
    """Where state, history, outbox, timers and the vault are kept together."""

    def work(self, tenant: str) -> AbstractAsyncContextManager[Work]:
        """Open one transaction for one tenant."""
        ...


class IdSource(Protocol):
    """Makes ids that are the same for the same parts, and that nobody without the key can guess."""

    def derive(self, *parts: str) -> UUID:
        """Return a keyed id of the parts."""
        ...

    def fingerprint(self, value: bytes) -> bytes:
        """Return a keyed fingerprint of bytes; never a bare hash."""
        ...
