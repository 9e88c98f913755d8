"""One agency's pair of topics: writes its referrals, reads its own notices, and finds a broker that moved."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.simulate.organisations import DemoOrganisation
from schemas import topics
from schemas.vocabulary import AgencyKind
from streams.closing import put_away

RECEIPT_WAIT_S, PAUSE_S, FETCH_MS, QUIET_S = 5.0, 0.2, 100, 2.0
Options = Callable[[], Mapping[str, Any]]


class TopicLine:
    """Keeps a world.Line's promises over Kafka. `options` are aiokafka's, asked at each connection: brokers move."""

    def __init__(self, agency: DemoOrganisation, options: Options) -> None:
        """Connect later, at the first sending."""
        kind = AgencyKind(agency.kind.value)
        self._outbound = topics.referrals(kind, agency.slug)
        self._inbound = topics.notices(kind, agency.slug)
        self._options = options
        self._producer: AIOKafkaProducer | None = None
        self._reader: asyncio.Task[None] | None = None
        self._receipts: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._came = asyncio.Event()
        self._writing = asyncio.Lock()

    async def send(self, key: str, value: bytes, headers: Mapping[str, str]) -> None:
        """Return once the broker has the record; a broker that went away is looked for again."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_for_ever())
        packed = [(name, text.encode()) for name, text in headers.items()]
        while True:
            try:
                producer = await self._connected()
                async with asyncio.timeout(RECEIPT_WAIT_S):
                    await producer.send_and_wait(self._outbound, value, key=key.encode(), headers=packed)
            except (KafkaError, OSError, TimeoutError):
                await self._drop_producer()
                await asyncio.sleep(PAUSE_S)
            else:
                return

    async def receipt(self, message_id: str, status: frozenset[str]) -> Mapping[str, Any] | None:
        """Return the receipt that reports one of these statuses; None after some seconds without one."""
        try:
            async with asyncio.timeout(RECEIPT_WAIT_S):
                return await self._receipt(message_id, status)
        except TimeoutError:
            return None

    async def close(self) -> None:
        """Let go of the broker."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        await self._drop_producer()

    async def _receipt(self, message_id: str, status: frozenset[str]) -> Mapping[str, Any]:
        while True:
            self._came.clear()
            found = (self._receipts.get((message_id, one)) for one in status)
            receipt = next((one for one in found if one is not None), None)
            if receipt is not None:
                return receipt
            await self._came.wait()

    async def _connected(self) -> AIOKafkaProducer:
        async with self._writing:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options(), acks="all", request_timeout_ms=5_000)
                try:
                    await producer.start()
                except BaseException:
                    await put_away(producer, QUIET_S)
                    raise
                self._producer = producer
            return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await put_away(producer, QUIET_S)

    async def _read_for_ever(self) -> None:
        while True:
            with suppress(KafkaError, OSError, TimeoutError):
                await self._read_until_it_fails()
            await asyncio.sleep(PAUSE_S)

    async def _read_until_it_fails(self) -> None:
        """Read all partitions from their beginning: a receipt read twice says the same."""
        began = dict(self._options())
        consumer = AIOKafkaConsumer(**began, enable_auto_commit=False, fetch_max_wait_ms=FETCH_MS)
        try:
            await consumer.start()
            await self._assign(consumer)
            while dict(self._options()) == began:
                async with asyncio.timeout(RECEIPT_WAIT_S):
                    found = await consumer.getmany(timeout_ms=500)
                for record in (one for batch in found.values() for one in batch):
                    self._note(record.value)
        finally:
            await put_away(consumer, QUIET_S)

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        partitions = consumer.partitions_for_topic(self._inbound)
        while not partitions:
            async with asyncio.timeout(RECEIPT_WAIT_S):
                await consumer.topics()
            partitions = consumer.partitions_for_topic(self._inbound)
            await asyncio.sleep(PAUSE_S)
        consumer.assign([TopicPartition(self._inbound, number) for number in partitions])
        await consumer.seek_to_beginning()

    def _note(self, value: bytes | None) -> None:
        told = json.loads(value or b"{}")
        if "message_id" in told and "status" in told:
            self._receipts[str(told["message_id"]), str(told["status"])] = told
            self._came.set()
