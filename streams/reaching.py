"""Whether a log really reaches a position: asked of the records, where the end that the broker tells falls short."""

from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from streams.closing import put_away

LOOK_MS = 2_000


async def reaches(options: Mapping[str, Any], place: TopicPartition, position: int) -> bool:
    """Say whether the record before `position` is in the log. `options` connect; KafkaError when nobody answers.

    The embedded broker tells as a log's end where its last batch begins, until another follows it.
    """
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False, auto_offset_reset="none")
    try:
        await consumer.start()
        consumer.assign([place])
        consumer.seek(place, position - 1)
        found = await consumer.getmany(place, timeout_ms=LOOK_MS, max_records=1)
    except OffsetOutOfRangeError:  # Kafka says so; the embedded broker is silent
        return False
    finally:
        await put_away(consumer)
    return any(record.offset == position - 1 for record in found.get(place, ()))
