"""Records that the client cannot even unpack: a codec that is not there, broken compression, a header without UTF-8.

The client raises from the whole fetch and does not say which partition it was, so each is looked at by itself.
"""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError, UnsupportedCodecError

from streams.holding import Holding
from streams.taking import Held

UNPACKED = "cannot_be_unpacked"
LOOK_MS = 1_000
Take = Callable[[TopicPartition, Any], Awaitable[None]]


def is_of_the_bytes(error: Exception) -> bool:
    """Say whether it was what a sender sent, and not the broker or the way to it, that made the client raise."""
    if isinstance(error, UnsupportedCodecError | CorruptRecordException | gzip.BadGzipFile):
        return True
    return not isinstance(error, KafkaError | OSError | AssertionError)


async def unreadable(
    consumer: AIOKafkaConsumer, holding: Holding, take: Take
) -> AsyncIterator[tuple[TopicPartition, Held]]:
    """Yield each partition at a record that cannot be unpacked; the sound ones before it are taken one by one."""
    ends = await consumer.end_offsets([TopicPartition(*one) for one in holding.standing])
    for place, end in ends.items():
        held = _held(holding, place)
        if held is None or held.position >= end:
            continue
        consumer.seek(place, held.position)
        if not await _takes_what_is_sound(consumer, place, take) and (held := _held(holding, place)) is not None:
            yield place, held


async def _takes_what_is_sound(consumer: AIOKafkaConsumer, place: TopicPartition, take: Take) -> bool:
    while True:
        try:
            found = await consumer.getmany(place, timeout_ms=LOOK_MS, max_records=1)
        except Exception as error:
            if is_of_the_bytes(error):
                return False
            raise
        if not found:
            return True
        await take(place, found[place])


def _held(holding: Holding, place: TopicPartition) -> Held | None:
    standing = holding.standing.get((place.topic, place.partition))
    return standing.held if standing else None
