"""What the streams need of the world besides the handlers' ports: protocols whose docstrings are promises."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from workflow.handlers.requests import Answer, Share
from workflow.ports import DueTimer, Outward, Position
from workflow.rules.facts import Organisation

Partition = tuple[str, int]


class Handles(Protocol):
    """The office, as the streams see it: one transaction a call."""

    async def handle_all(self, shares: Sequence[Share], *, position: Position | None = None) -> tuple[Answer, ...]:
        """Decide what several tenants ask, in their order, whole or keep nothing.

        PoisonError points at a request that can never be decided.
        """
        ...


class Register(Protocol):
    """The register of organisations of every scheme."""

    async def all_organisations(self) -> Mapping[str, Organisation]:
        """Return every organisation by slug, as registered now."""
        ...


class Positions(Protocol):
    """Where partitions were read to, and how far behind their reader is."""

    async def positions(self, cluster: str, partitions: Iterable[Partition]) -> Mapping[Partition, int]:
        """Return the next offset of each partition that was ever read on this cluster; the others are absent."""
        ...

    async def write_lag(self, lags: Mapping[Partition, int]) -> None:
        """Say how many records each partition has that were not taken yet; `/readyz` reads it."""
        ...


class Leases(Protocol):
    """Names that one process at a time may hold; the epoch of a name grows with every change of hands."""

    async def take(self, names: Iterable[str], holder: str, seconds: float) -> Mapping[str, int]:
        """Take what is free or expired, renew what the holder has; return the epoch of each name held now."""
        ...

    async def release(self, names: Iterable[str], holder: str) -> None:
        """Give names back before their time; those of others stay with them."""
        ...


class Outbox(Protocol):
    """What was kept and is not yet acknowledged by a broker."""

    async def left(self, after: Mapping[int, tuple[UUID, int, int]], most: int) -> Mapping[int, Sequence[Outward]]:
        """Return what waits in each shard after a place, `most` at most, as exact bytes.

        In the order of their places: (case, sequence, part).
        """
        ...

    async def remove(self, held: Mapping[int, int], records: Sequence[Outward]) -> frozenset[int]:
        """Forget acknowledged records of the shards held, by epoch; of those whose epoch is over nothing is forgotten.

        Returns these.
        """
        ...


class Timers(Protocol):
    """Commands that are due at an instant of the Clock."""

    async def due(self, shards: Iterable[int], now: datetime, most: int) -> Sequence[DueTimer]:
        """Return what is due in these shards, longest due first; timers of parked cases wait."""
        ...

    async def next_due(self, shards: Iterable[int]) -> datetime | None:
        """Return when the next timer of these shards that does not wait is due."""
        ...


class Waker(Protocol):
    """Somebody who committed something; a hint, for who waits looks anyway from time to time."""

    async def wait(self, seconds: float) -> None:
        """Return when something was committed since the last wait, or after so many seconds."""
        ...


class Takes(Protocol):
    """Whoever takes a partition's batches, and moves its position with what it keeps."""

    async def take(self, held: Any, records: Sequence[Any], directory: Any) -> None:
        """Keep the batch and the position together, or raise and keep nothing."""
        ...
