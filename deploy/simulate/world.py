"""What a simulated life reaches: the stage's clock, the public API and topics, and the senders' ledger."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import httpx

from deploy.simulate.ledger import Ledger
from deploy.simulate.organisations import Register
from schemas.vocabulary import Role

Key = tuple[Any, ...]
Slot = Mapping[str, Any]


class Stage(Protocol):
    """Time, and whose turn it is. While any life is neither waiting here nor ended, time stands still."""

    async def at(self, when: datetime, key: Key, *, shared: bool = False) -> None:
        """Return at `when` and in turn: first all that is not shared, then shared actions one by one in key order."""
        ...

    def now(self) -> datetime:
        """Return the present instant of the demo."""
        ...


class Line(Protocol):
    """One agency's pair of topics."""

    async def send(self, key: str, value: bytes, headers: Mapping[str, str]) -> None:
        """Return once the broker has the record; raises nothing, it tries until it is so."""
        ...

    async def receipt(self, message_id: str, status: frozenset[str]) -> Mapping[str, Any] | None:
        """Return the receipt of a message with one of these statuses, or None if none came for some time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Built by the conductor. Clients have their base address and bearer; an agency's role is None."""

    clients: Mapping[tuple[str, Role | None], httpx.AsyncClient]
    lines: Mapping[str, Line]
    ledger: Ledger
    register: Register
    accounted: Callable[[str, str], Awaitable[bool]]
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    cases: dict[str, UUID] = field(default_factory=dict)
    read_timelines: set[str] = field(default_factory=set)
    slots: dict[str, tuple[Slot, ...]] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    finding: asyncio.Lock = field(default_factory=asyncio.Lock)
    patience_s: float = 120.0
