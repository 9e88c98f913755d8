"""The relay: what was kept is published in order and forgotten once the broker has acknowledged it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from streams.closing import put_away
from streams.lanes import Lanes, Pages, Partition, place_of
from streams.ports import Outbox, Waker
from streams.settings import StreamSettings
from streams.shards import HeldShards
from streams.trouble import STORE_TROUBLE
from workflow.ports import Outward

log = logging.getLogger(__name__)

MOST = 200  # of each shard, so that a sweep is a few thousand
LARGEST_BATCH = 1024 * 1024
PAUSE_S = 0.5
UNKNOWN_S = 1.0
TROUBLE = (*STORE_TROUBLE, KafkaError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Publishes the outbox of the shards whose lease it holds, until it is cancelled."""

    settings: StreamSettings
    outbox: Outbox
    shards: HeldShards
    waker: Waker
    fail_at: Callable[[str], None] = lambda _: None

    async def run(self) -> None:
        """Sweep at once, when woken, and from time to time although nobody woke: nothing may stay stuck."""
        while True:
            try:
                await self._publishing()
            except TROUBLE as error:
                log.warning("publishing stopped: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_S)

    async def _publishing(self) -> None:
        producer = AIOKafkaProducer(**self.settings.producing(), max_batch_size=LARGEST_BATCH)
        lanes, pages = Lanes(), Pages(MOST)
        try:
            await producer.start()
            while True:
                if not await self.sweep(producer, lanes, pages) and not pages.are_turning:
                    await self.waker.wait(self.settings.sweep_s)
        finally:
            await lanes.close()
            await put_away(producer)

    async def sweep(self, producer: AIOKafkaProducer, lanes: Lanes, pages: Pages) -> int:
        """Publish once what waits in the shards held now; return how many records were acknowledged."""
        held = await self.shards.held()
        waiting = await self.outbox.left(pages.starts(held), MOST)
        records = [one for shard in waiting for one in waiting[shard] if pages.may_leave(shard, one)]
        batches = await _in_batches(producer, records)
        sure = {shard: epoch for shard, epoch in held.items() if self.shards.still(shard, epoch)}
        if sure != held:
            return 0
        acknowledged = await lanes.send(
            {
                (topic, partition): self._send(producer, topic, partition, group)
                for (topic, partition), group in batches.items()
                if lanes.is_free((topic, partition))
            }
        )
        gone = {place_of(record) for record in acknowledged}
        for shard in held:
            pages.looked(shard, waiting.get(shard, ()), gone)
        self.fail_at("before_outbox_delete")
        if acknowledged and (lost := await self.outbox.remove(sure, acknowledged)):
            log.warning("fenced: another relay holds shards %s", sorted(lost))
            self.shards.lost()
        return len(acknowledged)

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Outward]
    ) -> Sequence[Outward]:
        """Send one batch, which the broker takes whole or not at all, so that no record can overtake another."""
        batch = producer.create_batch()
        fitting: list[Outward] = []
        for record in records:
            headers = [(name, value.encode()) for name, value in record.headers]
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=headers) is None:
                break
            fitting.append(record)
        if not fitting:
            large = records[0]
            log.error("a record of %s is larger than a batch: case %s, %s", topic, large.case_id, large.part)
            others = [record for record in records if record.case_id != large.case_id]
            return await self._send(producer, topic, partition, others) if others else ()
        batch.close()
        try:
            acknowledgement = await producer.send_batch(batch, topic, partition=partition)
            self.fail_at("after_publish_before_ack")
            await acknowledgement
        except KafkaError as error:
            log.warning("%s:%s does not take records: %s", topic, partition, type(error).__name__)
            return ()
        return fitting


async def _in_batches(producer: AIOKafkaProducer, records: Sequence[Outward]) -> dict[Partition, list[Outward]]:
    """Sort records by where their key leads, each in the order given; those of unknown topics stay behind."""
    choose = DefaultPartitioner()
    partitions: dict[str, list[int]] = {}
    chosen: dict[tuple[str, bytes], int] = {}  # the facts of a case share their key, and choosing is slow
    found: dict[Partition, list[Outward]] = {}
    for record in records:
        if record.topic not in partitions:
            partitions[record.topic] = await _partitions_of(producer, record.topic)
        if there := partitions[record.topic]:
            led = (record.topic, record.key)
            if led not in chosen:
                chosen[led] = choose(record.key, there, there)
            found.setdefault((record.topic, chosen[led]), []).append(record)
    return found


async def _partitions_of(producer: AIOKafkaProducer, topic: str) -> list[int]:
    try:
        # For a topic that is not there the client would ask for forty seconds, and a lease would be over.
        async with asyncio.timeout(UNKNOWN_S):
            return sorted(await producer.partitions_for(topic))
    except (KafkaError, TimeoutError) as error:
        log.warning("%s is not there yet: %s", topic, type(error).__name__)
        return []
