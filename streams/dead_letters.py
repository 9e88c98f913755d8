"""What an operator does with records that were set aside: list, show, replay, discard, by fingerprint."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from aiokafka import AIOKafkaProducer

from streams.settings import StreamSettings
from streams.timekeeper import TIMERS
from workflow.ports import Quarantined


class SetAside(Protocol):
    """The quarantine, opened for an operator."""

    async def show(self, fingerprint: str) -> Mapping[int, Quarantined]:
        """Return the records of a fingerprint, opened, by id in the order in which they were set aside."""
        ...

    async def discard(self, ids: Iterable[int]) -> int:
        """Forget records; return how many there were."""
        ...


async def replay(quarantine: SetAside, settings: StreamSettings, fingerprint: str) -> int:
    """Put records back on the topic they came from, then forget them here; return how many.

    They keep their message ids and their sending numbers, so a crash in between makes a repeat and no second effect.
    A parked case is let go first, by its own command; the timer that parked it needs no replay, its row waits.
    """
    records = await quarantine.show(fingerprint)
    async with AIOKafkaProducer(**settings.producing()) as producer:
        for record in records.values():
            if record.topic != TIMERS:
                await producer.send_and_wait(
                    record.topic, record.value, headers=list(record.headers), partition=record.partition
                )
    await quarantine.discard(records)
    return len(records)
