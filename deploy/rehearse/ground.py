"""What a rehearsal stands on: a store with a clock of its own; the real one, or the fake of the fast tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.commands import Command
from workflow.ports import FiredTimer, IdSource, Outward, Store
from workflow.rules.facts import Caseworker, Organisation, Site, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    """A timer whose time has come, with the command it asks for."""

    fired: FiredTimer
    due_at: datetime
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The reference data of a scenario's scheme."""

    organisations: tuple[Organisation, ...]
    sites: tuple[Site, ...]
    slots: tuple[Slot, ...]
    caseworkers: tuple[Caseworker, ...]


class Ground(Protocol):
    """A store that can be filled, whose clock can be set, and whose records can be read back."""

    @property
    def store(self) -> Store:
        """The store that is played on."""
        ...

    @property
    def ids(self) -> IdSource:
        """The maker of ids."""
        ...

    async def fill(self, tenant: str, reference: Reference) -> None:
        """Put the reference data in."""
        ...

    async def set_clock(self, now: datetime) -> None:
        """Set the time that every later transaction tells."""
        ...

    async def due(self, tenant: str, until: datetime) -> Sequence[DueTimer]:
        """Return the timers due up to `until`, soonest first, then by case and name."""
        ...

    async def outward(self, tenant: str) -> Sequence[tuple[UUID, Outward]]:
        """Return every notice kept so far with its case, in (case, sequence, part) order; no case events."""
        ...
