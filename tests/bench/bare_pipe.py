"""The bare pipe: the engine's bytes, commits and acknowledgements by raw aiokafka and asyncpg, and no engine.

    python -m tests.bench.bare_pipe PLAN.json

It reads the same referrals in batches of the same most; writes as many rows of as many bytes as the engine wrote for
them, in one statement and one transaction that also moves the position; publishes as many records of as many bytes
with acks=all; and forgets the pointers in as many transactions as the engine needed. It decides, validates, seals and
hashes nothing.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

INBOUND = "pipe.referrals"
LARGEST_BATCH = 1024 * 1024
ROW_OVERHEAD = 24 + 8  # PostgreSQL's header of a row, and our number in it
_MOVE = "UPDATE positions SET position = $3 WHERE part = $1 AND position = $2 RETURNING part"
_FORGET = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where to read and write, and what one referral writes: (count, bytes of one) by table and by topic."""

    bootstrap: str
    dsn: str
    idempotent: bool
    batch_most: int
    parts: int
    tables: dict
    topics: dict
    partitions: dict
    commits: float


class Pipe:
    """Connections, and the bytes that are written again and again."""

    def __init__(self, plan, pool, producer):
        self.plan, self.pool, self.producer = plan, pool, producer
        self.tables = sorted(set(plan.tables) - {"outbox"})
        self.insert = _insert(self.tables)
        self.owed = dict.fromkeys(plan.tables, 0.0)
        self.rows = {name: os.urandom(max(0, size - ROW_OVERHEAD)) for name, (_, size) in plan.tables.items()}
        self.values = {name: os.urandom(size) for name, (_, size) in plan.topics.items()}

    async def read(self, part):
        """Take one partition's records, batch by batch, for ever."""
        place = TopicPartition(INBOUND, part)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.plan.bootstrap, fetch_max_wait_ms=100)
        async with consumer:
            consumer.assign([place])
            consumer.seek(place, 0)
            await self.pool.execute("INSERT INTO positions VALUES ($1, 0)", part)
            while True:
                fetched = await consumer.getmany(timeout_ms=200, max_records=self.plan.batch_most)
                for records in fetched.values():
                    await self.take(part, records)

    async def take(self, part, records):
        """One batch: keep, publish, forget."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                moved = await connection.fetchval(_MOVE, part, records[0].offset, records[-1].offset + 1)
                if moved is None:
                    raise RuntimeError(f"partition {part} is read by somebody else")
                pointers = await connection.fetch(self.insert, *self._columns(len(records)))
            await self.publish(records)
            ids = [row["id"] for row in pointers]
            forgettings = max(1, round(self.plan.commits * len(records)) - 1)
            for first in range(forgettings):
                await connection.execute(_FORGET, ids[first::forgettings])

    async def publish(self, records):
        """Send what follows from the records, one batch a partition, and wait until all is acknowledged."""
        batches = {}
        for topic, (count, _) in self.plan.topics.items():
            for number in range(round(count * len(records))):
                key = records[number % len(records)].key
                place = (topic, crc32(key) % self.plan.partitions[topic])
                batch = batches.get(place) or batches.setdefault(place, self.producer.create_batch())
                if batch.append(key=key, value=self.values[topic], timestamp=None) is None:
                    raise RuntimeError("a batch is too large")
        sent = [await self._send(batch, *place) for place, batch in batches.items()]
        await asyncio.gather(*sent)

    async def _send(self, batch, topic, partition):
        batch.close()
        return await self.producer.send_batch(batch, f"pipe.{topic}", partition=partition)

    def _columns(self, count):
        """The arrays of the statement: a table's rows, each the same bytes; pointers last."""
        return [[self.rows[name]] * self._due(name, count) for name in (*self.tables, "outbox")]

    def _due(self, name, count):
        """How many rows of a table this batch writes: what a fraction leaves over is written with the next one."""
        self.owed[name] += self.plan.tables[name][0] * count
        due = round(self.owed[name])
        self.owed[name] -= due
        return due


def _insert(tables):
    writes = [f"w{n} AS (INSERT INTO {name} (body) SELECT unnest(${n}::bytea[]))" for n, name in enumerate(tables, 1)]
    last = f"INSERT INTO outbox (body) SELECT unnest(${len(tables) + 1}::bytea[]) RETURNING id"
    return f"WITH {', '.join(writes)} {last}"


async def _prepare(plan, pool):
    for name in plan.tables:
        await pool.execute(
            f"CREATE TABLE {name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)"
        )
        await pool.execute(f"ALTER TABLE {name} ALTER body SET STORAGE EXTERNAL")
    await pool.execute("CREATE TABLE positions (part int PRIMARY KEY, position bigint NOT NULL)")
    admin = AIOKafkaAdminClient(bootstrap_servers=plan.bootstrap)
    await admin.start()
    outward = [NewTopic(f"pipe.{name}", plan.partitions[name], 1) for name in plan.topics]
    await admin.create_topics([NewTopic(INBOUND, plan.parts, 1), *outward])
    await admin.close()


async def main(plan):
    """Make tables and topics, and move records until killed."""
    producer = AIOKafkaProducer(
        bootstrap_servers=plan.bootstrap,
        acks="all",
        linger_ms=0,
        enable_idempotence=plan.idempotent,
        max_batch_size=LARGEST_BATCH,
    )
    async with asyncpg.create_pool(plan.dsn, min_size=plan.parts, max_size=plan.parts) as pool:
        await _prepare(plan, pool)
        async with producer:
            pipe = Pipe(plan, pool, producer)
            await asyncio.gather(*(pipe.read(part) for part in range(plan.parts)))


if __name__ == "__main__":
    asyncio.run(main(Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
