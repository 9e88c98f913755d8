"""The batch source: whole batches of inbound records in, one transaction each, the position with them."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from streams.closing import put_away
from streams.cluster import cluster_id
from streams.holding import Holding, PositionBeyondLog
from streams.ports import Partition, Positions, Register, Takes
from streams.reaching import reaches
from streams.records import Incoming, Place
from streams.settings import StreamSettings
from streams.taking import Directory, Held
from streams.topics import create_topics, topics_for
from streams.trouble import STORE_TROUBLE
from streams.unpacking import UNPACKED, is_of_the_bytes, unreadable
from workflow.handlers.requests import TooBusyError
from workflow.ports import StalePositionError

log = logging.getLogger(__name__)

LAG_S = 1.0
BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_RESTARTS = 2
TROUBLE = (*STORE_TROUBLE, TooBusyError)


class FencedError(Exception):
    """Another owner moved a position that this one held: it is a zombie, and joins the group anew."""


class PartedError(Exception):
    """SQL has not answered for as long as a group waits for a silent member: another may reach it, and should read."""


class StuckError(Exception):
    """There are records, and none comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the source works with; `die` ends the process. With `fixed` topics the register is not followed."""

    settings: StreamSettings
    taker: Takes
    positions: Positions
    register: Register
    fail_at: Callable[[str], None] = lambda _: None
    reads: str = "casework"
    fixed: tuple[str, ...] = ()
    die: Callable[[], None] = lambda: os._exit(1)


@dataclass(slots=True)
class BatchSource:
    """Reads every inbound topic of every scheme as one member of a group, until it is cancelled."""

    parts: Parts
    incidents: tuple[PositionBeyondLog, ...] = ()
    joined: int = 0
    _restarts: int = 0
    _failures: int = 0
    _heard: float = 0.0
    _directory: Directory = field(default_factory=lambda: Directory.of({}))
    _holding: Holding | None = None

    async def run(self) -> None:
        """Consume; a consumer that is fenced, stuck or cut off is replaced by a new one."""
        while True:
            try:
                await self._consume()
            except FencedError as fenced:
                log.warning("fenced: %s", fenced)
            except StuckError as stuck:
                self._restarts += 1
                log.error("no records came though there are some: %s", stuck)  # noqa: TRY400 - its trace tells nothing
                if self._restarts >= MOST_RESTARTS:
                    self.parts.die()
            except (PartedError, KafkaError, *TROUBLE) as error:
                log.warning("reading stopped: %s", type(error).__name__)
                await self._back_off()

    async def _consume(self) -> None:
        settings = self.parts.settings
        cluster = await cluster_id(settings)
        await self._learn()
        consumer = AIOKafkaConsumer(**settings.consuming(f"{settings.group}-{self.parts.reads}"))
        holding = Holding(
            *(self.parts.positions, cluster, time.monotonic, self.parts.fail_at),
            reaches=partial(reaches, settings.connection()),
            ends_are_true=not settings.is_tansu,
        )
        self._holding = holding
        await consumer.start()
        consumer.subscribe(self._topics(), listener=holding)
        self.joined += 1
        self._heard = time.monotonic()
        tasks = [asyncio.create_task(one(consumer, holding)) for one in (self._read, self._follow, self._watch)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            # Before the tasks have ended: one may wait for a database that is out of reach, and the group for us.
            await put_away(consumer)
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, consumer: AIOKafkaConsumer, holding: Holding) -> None:
        settings = self.parts.settings
        while True:
            await self._settle(consumer, holding)
            try:
                fetched = await consumer.getmany(timeout_ms=settings.idle_ms, max_records=settings.batch_most)
            except Exception as error:
                if not is_of_the_bytes(error):
                    raise
                await self._set_aside(consumer, holding, type(error).__name__)
                continue
            taking = (self._take(consumer, holding, place, records) for place, records in fetched.items())
            # All end before any fault is raised: none is left behind in the middle of its transaction.
            async with holding.busy:
                outcomes = await asyncio.gather(*taking, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome

    async def _settle(self, consumer: AIOKafkaConsumer, holding: Holding) -> None:
        try:
            await holding.settle(consumer)
        except TROUBLE as error:
            log.warning("positions cannot be read: %s", type(error).__name__)
            await self._back_off()

    async def _take(self, consumer: AIOKafkaConsumer, holding: Holding, place: TopicPartition, fetched: Any) -> None:
        sound = holding.sound(consumer, place, fetched)
        if sound is None:
            return
        await self._keep(holding, place, *sound)

    async def _set_aside(self, consumer: AIOKafkaConsumer, holding: Holding, why: str) -> None:
        """Find the partition whose next record cannot be unpacked, set that one offset aside, and read on behind it."""
        async with holding.busy:
            async for place, held in unreadable(consumer, holding, partial(self._take, consumer, holding)):
                log.error("%s:%s:%s cannot be unpacked: %s", place.topic, place.partition, held.position, why)
                at = Place(topic=place.topic, partition=place.partition, offset=held.position, cluster=held.cluster)
                await self._keep(holding, place, held, [Incoming(place=at, value=None, fault=UNPACKED)])
                consumer.seek(place, held.position)

    async def _keep(self, holding: Holding, place: TopicPartition, held: Held, records: Sequence[Incoming]) -> None:
        try:
            await self.parts.taker.take(held, records, self._directory)
        except StalePositionError as stale:
            raise FencedError(f"{place.topic}:{place.partition}") from stale
        except TROUBLE as error:
            log.warning("%s:%s stopped: %s", place.topic, place.partition, type(error).__name__)
            await self._back_off()
            holding.again((place.topic, place.partition))
        else:
            self._failures = self._restarts = 0

    async def _follow(self, consumer: AIOKafkaConsumer, holding: Holding) -> None:
        """Follow the register: a new agency's topic is read within five seconds, without a restart."""
        while True:
            await asyncio.sleep(self.parts.settings.refresh_s)
            before = self._topics()
            try:
                await self._learn()
            except (KafkaError, *TROUBLE) as error:
                log.warning("the register cannot be followed: %s", type(error).__name__)
            if self._topics() != before:
                consumer.subscribe(self._topics(), listener=holding)

    def _topics(self) -> list[str]:
        return sorted(self.parts.fixed or self._directory.inbound)

    async def _learn(self) -> None:
        """Read the register, and make the topics of those who are new in it."""
        directory = Directory.of(await self.parts.register.all_organisations())
        if set(directory.inbound) != set(self._directory.inbound):
            settings = self.parts.settings
            await create_topics(settings, topics_for(directory.organisations.values(), settings))
        self._directory = directory

    async def _watch(self, consumer: AIOKafkaConsumer, holding: Holding) -> None:
        """Say how far behind we are, and find a consumer that sleeps though there is work."""
        while True:
            await asyncio.sleep(LAG_S)
            try:
                stood = holding.positions_now()
                lags = holding.lags(await consumer.end_offsets([TopicPartition(*one) for one in stood]), stood)
                await self._tell(lags)
                await _commit(consumer, holding)
            except (KafkaError, *TROUBLE) as error:
                log.warning("the lag cannot be told: %s", type(error).__name__)
                continue
            self.incidents = tuple(holding.incidents.values())
            if stuck := holding.stuck(lags, self.parts.settings.watchdog_s):
                raise StuckError(", ".join(f"{topic}:{number}" for topic, number in stuck))

    async def _tell(self, lags: Mapping[Partition, int]) -> None:
        """Keep the lag in SQL; PartedError when that has been in vain for too long, however it failed."""
        patience_s = self.parts.settings.session_timeout_ms / 1000
        # Not cancelled from outside: a query on a cable that is out is waited for by its pool, for minutes.
        telling = asyncio.ensure_future(self.parts.positions.write_lag(lags))
        await asyncio.wait({telling}, timeout=patience_s)
        if telling.done() and telling.exception() is None:
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard >= patience_s:
            telling.cancel()
            raise PartedError
        else:
            await telling

    async def _back_off(self) -> None:
        await asyncio.sleep(BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)])
        self._failures += 1


async def _commit(consumer: AIOKafkaConsumer, holding: Holding) -> None:
    """Tell Kafka where we are; nothing of ours reads it, and a failure costs nothing."""
    offsets = {TopicPartition(*one): standing.held.position for one, standing in holding.standing.items()}
    if offsets:
        with contextlib.suppress(KafkaError, IllegalStateError):
            await consumer.commit(offsets)
