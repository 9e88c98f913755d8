"""What the relay has under way: a batch a partition at a time, so that one that takes nothing holds up no other."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workflow.ports import Outward

Partition = tuple[str, int]
Place = tuple[UUID, int, int]  # case, sequence, part: where a record stands in its shard
BEGINNING: Place = (UUID(int=0), -1, -1)
PATIENCE_S = 2.0


@dataclass(slots=True)
class Lanes:
    """Batches being sent. An idempotent producer tries for ever, so what does not end is left to itself."""

    patience_s: float = PATIENCE_S
    _under_way: dict[Partition, asyncio.Task[Sequence[Outward]]] = field(default_factory=dict)

    def is_free(self, partition: Partition) -> bool:
        """Say whether nothing is under way there: the next batch may not overtake the last."""
        return partition not in self._under_way

    async def send(self, sending: Mapping[Partition, Coroutine[Any, Any, Sequence[Outward]]]) -> list[Outward]:
        """Start these and give them some time; return what was acknowledged since the last call, in lane after lane."""
        begun = {partition: asyncio.ensure_future(one) for partition, one in sending.items()}
        self._under_way |= begun
        if begun:
            await asyncio.wait(begun.values(), timeout=self.patience_s)
        ended = [partition for partition, task in self._under_way.items() if task.done()]
        return [record for partition in ended for record in self._under_way.pop(partition).result()]

    async def close(self) -> None:
        """Give up what is under way; what the broker took of it is sent once more by whoever comes next."""
        tasks, self._under_way = list(self._under_way.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Pages:
    """Where each shard's next look begins: records that cannot leave must not hide those behind them for ever.

    A page that is mostly stuck is turned. What was passed over stays first of its kind: later records of the same case
    for the same topic wait until the pages begin anew (P3).
    """

    most: int
    _after: dict[int, Place] = field(default_factory=dict)
    _passed: dict[int, set[tuple[UUID, str]]] = field(default_factory=dict)

    @property
    def are_turning(self) -> bool:
        """Whether there is a further page to look at before anybody may rest."""
        return bool(self._after)

    def starts(self, shards: Collection[int]) -> Mapping[int, Place]:
        """Return for each shard the place after which to look."""
        return {shard: self._after.get(shard, BEGINNING) for shard in shards}

    def may_leave(self, shard: int, record: Outward) -> bool:
        """Say whether no earlier record of its case for its topic was passed over."""
        return (record.case_id, record.topic) not in self._passed.get(shard, ())

    def looked(self, shard: int, page: Sequence[Outward], gone: Collection[Place]) -> None:
        """Turn the page if it is full and mostly stuck; begin anew after the last one."""
        stuck = [record for record in page if place_of(record) not in gone]
        if len(page) < self.most:
            self._after.pop(shard, None)
            self._passed.pop(shard, None)
        elif len(stuck) > self.most // 2:
            self._after[shard] = place_of(page[-1])
            self._passed.setdefault(shard, set()).update((record.case_id, record.topic) for record in stuck)


def place_of(record: Outward) -> Place:
    """Return where a record stands."""
    return record.case_id, record.sequence, record.part
