"""Which partitions this member of the group holds, and from where it reads them: SQL says, never Kafka's commits."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError

from streams.ports import Partition, Positions
from streams.records import Incoming
from streams.taking import Held

log = logging.getLogger(__name__)

PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionBeyondLog:
    """SQL has read further than the log reaches: another log under an old name. It is named, and not waited out."""

    topic: str
    partition: int
    position: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A partition that is read, when a record of it last came, and the gap that was looked into."""

    held: Held
    fetched_at: float
    gap: int = -1


@dataclass(slots=True)
class Holding(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """The partitions of this member. A rebalance only notes what is new; `settle` then asks SQL, as often as needed."""

    positions: Positions
    cluster: str
    monotonic: Callable[[], float]
    fail_at: Callable[[str], None]
    # Whether a log reaches a position that lies beyond the end which the broker tells.
    reaches: Callable[[TopicPartition, int], Awaitable[bool]]
    # The embedded broker tells ends that fall short; what was read from it was there all the same.
    ends_are_true: bool = True
    fresh: set[Partition] = field(default_factory=set)
    standing: dict[Partition, Standing] = field(default_factory=dict)
    incidents: dict[Partition, PositionBeyondLog] = field(default_factory=dict)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - all are given up
        """Forget what was held, once the transactions under way have ended; one that hangs will be fenced."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.busy.acquire(), PATIENCE_S)
            self.busy.release()
        self.fresh.clear()
        self.standing.clear()
        self.incidents.clear()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Note what is held now."""
        self.fresh = {(place.topic, place.partition) for place in assigned}

    def again(self, partition: Partition) -> None:
        """Ask SQL again where this partition stands: whether the last transaction was kept is not known."""
        if self.standing.pop(partition, None) is not None:
            self.fresh.add(partition)

    async def settle(self, consumer: AIOKafkaConsumer) -> None:
        """Seek every new partition to the position that SQL has."""
        wanted = sorted(self.fresh)
        if not wanted:
            return
        found = await self.positions.positions(self.cluster, wanted)
        places = [TopicPartition(*one) for one in wanted]
        first, last = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        self.fail_at("in_assignment")
        for place in places:
            position = found.get((place.topic, place.partition), 0)
            ends = last[place]
            if position > ends and await self.reaches(place, position):
                ends = position
            self._stand(consumer, place, position, (first[place], ends))

    def _stand(self, consumer: AIOKafkaConsumer, place: TopicPartition, position: int, log_is: tuple[int, int]) -> None:
        partition = (place.topic, place.partition)
        begins, ends = log_is
        if partition not in self.fresh:
            return
        try:
            if position > ends:
                consumer.pause(place)
            else:
                consumer.seek(place, max(position, begins))
        except IllegalStateError:
            return  # taken away meanwhile
        self.fresh.discard(partition)
        if position > ends:
            self.name_beyond(partition, position, ends)
            return
        if position < begins and position:
            log.error("%s:%s lost records %s to %s: kept too short a time", *partition, position, begins - 1)
        held = Held(self.cluster, place.topic, place.partition, position)
        self.standing[partition] = Standing(held=held, fetched_at=self.monotonic(), gap=begins)

    def name_beyond(self, partition: Partition, position: int, end: int) -> None:
        """Name a position beyond the log's end; the partition is read no longer."""
        topic, number = partition
        self.standing.pop(partition, None)
        self.incidents[partition] = PositionBeyondLog(topic=topic, partition=number, position=position, end=end)
        log.error("position beyond the log: %s:%s is at %s, the log ends at %s", topic, number, position, end)

    def sound(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, fetched: Sequence[Any]
    ) -> tuple[Held, Sequence[Incoming]] | None:
        """Return the records that follow on what SQL has; None when they do not, or the partition is not held.

        A gap is looked into by seeking once more: the same first record again means that the log itself has it
        (a transaction's marker, or what fell out of retention); another means that the fetch was at a wrong place.
        """
        standing = self.standing.get((place.topic, place.partition))
        if standing is None:
            return None
        at = standing.held.position
        records = [Incoming.of(record, self.cluster) for record in fetched if record.offset >= at]
        if not records:
            return None
        first = records[0].place.offset
        if first > at and first != standing.gap:
            consumer.seek(place, at)
            self._note(place, standing, gap=first)
            return None
        self._note(place, standing, gap=-1)
        return standing.held, records

    def _note(self, place: TopicPartition, standing: Standing, *, gap: int) -> None:
        noted = Standing(held=standing.held, fetched_at=self.monotonic(), gap=gap)
        self.standing[place.topic, place.partition] = noted

    def positions_now(self) -> Mapping[Partition, int]:
        """Return where each partition stands; taken before the log's ends are asked for, since reading goes on."""
        return MappingProxyType({one: standing.held.position for one, standing in self.standing.items()})

    def lags(self, ends: Mapping[TopicPartition, int], stood: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Return how far behind each partition is; one that `stood` beyond the end is named on the way."""
        found: dict[Partition, int] = {}
        for place, end in ends.items():
            partition = (place.topic, place.partition)
            standing = self.standing.get(partition)
            position = stood.get(partition, 0)
            if standing is not None and position > end and self.ends_are_true:
                self.name_beyond(partition, position, end)
            elif standing is not None:
                found[partition] = max(end - standing.held.position, 0)
        return MappingProxyType(found)

    def stuck(self, lags: Mapping[Partition, int], after_s: float) -> tuple[Partition, ...]:
        """Return the partitions that have records of which none came for so long."""
        now = self.monotonic()
        return tuple(
            partition
            for partition, lag in lags.items()
            if lag > 0 and partition in self.standing and now - self.standing[partition].fetched_at > after_s
        )
