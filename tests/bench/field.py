"""The field on which England is played: how far the engine has read, whether all is at rest, and what it came to."""

import asyncio
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import topics
from tests.bench.desk import GROUP

_POSITIONS = "SELECT topic, partition, position FROM offsets WHERE cluster = $1"
_WAITS = "SELECT EXISTS (SELECT FROM outbox)"
_BECAME = """
SELECT split_part(number, '-', 1) AS name, disposition, count(*) AS many
FROM sendings GROUP BY 1, 2 ORDER BY 1, 2
"""
_OUT = "SELECT topic AS name, count(*) AS many FROM outward_records GROUP BY 1 ORDER BY 1"
_FACTS = "SELECT type AS name, count(*) AS many FROM case_events GROUP BY 1 ORDER BY 1"
_DATABASE = "SELECT pg_database_size(current_database())"
TOLD = (topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT)


class Field:
    """What is asked of database and broker while referrals go through."""

    def __init__(self, ground, database, consumer):
        self._ground, self._database, self._consumer = ground, database, consumer
        self._referrals = [name for name in ground.partitions if name.startswith("referrals.")]
        read = [*self._referrals, topics.CASE_COMMANDS, *TOLD]
        self._read = [TopicPartition(name, part) for name in read for part in range(ground.partitions[name])]
        self._desk = [TopicPartition(topics.CASE_EVENTS, part) for part in range(ground.partitions[topics.CASE_EVENTS])]
        self.received_before = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, ground, database):
        """The field; its consumer is of the desk's group, so that it may ask how far the desk is."""
        consumer = AIOKafkaConsumer(bootstrap_servers=ground.broker.bootstrap, group_id=GROUP, enable_auto_commit=False)
        async with consumer:
            field = cls(ground, database, consumer)
            consumer.assign([*field._read, *field._desk])
            field.received_before = await field.received()
            yield field

    async def received(self):
        """How many referral records the engine has read, ever."""
        positions = await self._positions()
        return sum(position for (topic, _), position in positions.items() if topic in self._referrals)

    async def rest(self, seconds, working):
        """Wait until all that was sent is read, published, answered by the desk, and told.

        At rest is what is twice the same: between two looks, an answer of the desk may be on its way.
        """
        clock = asyncio.get_running_loop().time
        until, before, now = clock() + seconds, None, None
        while now is None or now != before:
            if working.done():
                working.result()
            if clock() > until:
                raise TimeoutError(f"not at rest within {seconds:g} s")
            await asyncio.sleep(0.2)
            before, now = now, await self._ends_at_rest()

    async def _ends_at_rest(self):
        """Where the topics end if nothing of them waits, else None."""
        positions, ends = await self._positions(), await self._consumer.end_offsets([*self._read, *self._desk])
        if any(positions.get((place.topic, place.partition), 0) < ends[place] for place in self._read):
            return None
        answered = [await self._consumer.committed(place) or 0 for place in self._desk]
        if any(done < ends[place] for done, place in zip(answered, self._desk, strict=True)):
            return None
        return None if await self._database.fetchval(_WAITS) else ends

    async def _positions(self):
        rows = await self._database.fetch(_POSITIONS, self._ground.broker.cluster_id)
        return {(row["topic"], row["partition"]): row["position"] for row in rows}

    async def found(self):
        """What became of the commands, facts by type, records by topic, and bytes on disk."""
        became = await self._database.fetch(_BECAME)
        logs = sum(path.stat().st_size for path in self._ground.home.kafka.rglob("*.log"))
        wal = sum(path.stat().st_size for path in (self._ground.home.postgres / "cluster" / "pg_wal").glob("0*"))
        return {
            "became": {f"{row['name']} {row['disposition']}": row["many"] for row in became},
            "facts": {row["name"]: row["many"] for row in await self._database.fetch(_FACTS)},
            "records": {row["name"]: row["many"] for row in await self._database.fetch(_OUT)},
            "disk": {"database": await self._database.fetchval(_DATABASE), "write-ahead log": wal, "broker": logs},
        }
