"""What a decision returns: facts to record, and what must be kept in the same transaction as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from schemas.commands import Command
from schemas.events import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Personal data for the vault, under the key of `person`, found again by `ref`."""

    person: UUID
    ref: UUID
    kind: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Ask for `command` when `due_at` has come; the same name again replaces it."""

    name: str
    due_at: datetime
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    """The timer of that name is needed no longer; unknown names are no error."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPlace:
    """Take one place of a slot for the case."""

    slot: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlace:
    """Give a place back."""

    slot: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLoad:
    """Count one more open case for a caseworker; beyond the limit only where a person overruled it."""

    caseworker: str
    overruled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLoad:
    """Count one open case fewer for a caseworker."""

    caseworker: str


Claim = ClaimPlace | ReleasePlace | ClaimLoad | ReleaseLoad
TimerChange = SetTimer | CancelTimer


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Facts in the order they happened, and their company. `also` holds facts of another case, decided with it."""

    facts: tuple[CaseEvent, ...]
    seals: tuple[Seal, ...] = ()
    timers: tuple[TimerChange, ...] = ()
    claims: tuple[Claim, ...] = ()
    also: tuple[tuple[UUID, "Decision"], ...] = ()


def derived(case_id: UUID, version: int, what: str) -> UUID:
    """Derive an id from (case, version, what): the same decision made twice gives the same id."""
    return uuid5(case_id, f"{version}:{what}")
