"""Shards of work held by a database lease with an epoch: forms and clocks go on without a broker."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from streams.ports import Leases

SURE = 0.75  # of a lease's length is used: the rest allows for a slow answer of the database
RENEW = 0.3


@dataclass(slots=True)
class HeldShards:
    """The leases of one process on the shards of one kind of work, as far as it can be sure of them."""

    kind: str
    leases: Leases
    holder: str
    seconds: float
    shards: tuple[int, ...]
    monotonic: Callable[[], float] = time.monotonic
    _epochs: Mapping[str, int] = field(default_factory=dict)
    _asked_at: float = float("-inf")

    async def held(self) -> Mapping[int, int]:
        """Return the epoch of each shard that is surely ours now; asks the database when it is time to."""
        if self.monotonic() - self._asked_at > self.seconds * RENEW:
            asked_at = self.monotonic()
            self._epochs = await self.leases.take(self._names(self.shards), self.holder, self.seconds)
            # Counted from before the question: the database began the lease after that.
            self._asked_at = asked_at
        return {shard: self._epochs[name] for shard, name in self._named() if name in self._epochs and self._sure()}

    def still(self, shard: int, epoch: int) -> bool:
        """Say whether a shard is ours still, without asking: a process that was stopped meanwhile is not sure."""
        return self._sure() and self._epochs.get(self._name(shard)) == epoch

    def lost(self) -> None:
        """Forget all: somebody else turned out to have one of them."""
        self._epochs, self._asked_at = {}, float("-inf")

    async def release(self) -> None:
        """Give all back, so that others need not wait."""
        names = list(self._epochs)
        self.lost()
        await self.leases.release(names, self.holder)

    def _sure(self) -> bool:
        return self.monotonic() - self._asked_at < self.seconds * SURE

    def _name(self, shard: int) -> str:
        return f"{self.kind}:{shard}"

    def _names(self, shards: Iterable[int]) -> list[str]:
        return [self._name(shard) for shard in shards]

    def _named(self) -> Iterable[tuple[int, str]]:
        return ((shard, self._name(shard)) for shard in self.shards)
