"""What one referral writes: rows and bytes by table, records and bytes by topic, commits; measured, never assumed."""

import asyncio
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.waiting import holds_within

IDLE_S = 1.5
MOST_S = 30.0
OUTWARD = "SELECT (SELECT count(*) FROM case_events) + (SELECT count(*) FROM outward_records)"
# What a worker writes by the clock, whether anything comes or not.
BY_THE_CLOCK = {"leases", "worker_lag", "offsets", "checkpoints", "alembic_version"}
_TABLES = """
SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'vault', 'keyring')
"""
_POINTER = "SELECT pg_column_size(ROW(1, gen_random_uuid(), 1::bigint, 1, 'derbyshire', now()))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Rows or records of one place: how many a referral, and the mean bytes of one."""

    count: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one referral writes. `events` are facts; `commits` leaves out what the clock causes."""

    tables: dict
    topics: dict
    events: float
    commits: float


async def stored(connection):
    """Rows and bytes by table, as they stand."""
    found = {}
    for schema, name in await connection.fetch(_TABLES):
        if name not in BY_THE_CLOCK:
            query = f"SELECT count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint FROM {schema}.{name} t"
            found[name] = tuple(await connection.fetchrow(query))
    return found


async def published(bootstrap, partitions, expected):
    """Records and bytes (key, value and headers) by topic, read from offset zero until so many are there.

    A log's end is not asked for: the embedded broker tells it short.
    """
    found = {}
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(name, part) for name, count in partitions.items() for part in range(count)])

        async def all_read():
            for place, records in (await consumer.getmany(timeout_ms=300)).items():
                count, size = found.get(place.topic, (0, 0))
                found[place.topic] = (count + len(records), size + sum(map(_size, records)))
            return sum(count for count, _ in found.values()) >= expected

        if not await holds_within(all_read, MOST_S):
            raise TimeoutError(f"{found} is less than the {expected} records that were kept")
    return found


async def idle_commits(reading):
    """Commits a second of a worker to which nothing comes."""
    before = await reading()
    await asyncio.sleep(IDLE_S)
    spent = await reading() - before
    return spent.commits / spent.at


async def shape_of(connection, outward, *, before, referrals, commits):
    """The shape, from what was published and what the tables hold more than before so many referrals."""
    after = await stored(connection)
    grown = {name: (rows - before[name][0], size - before[name][1]) for name, (rows, size) in after.items()}
    topics = {name: _written(*sums, referrals) for name, sums in outward.items()}
    tables = {name: _written(*sums, referrals) for name, sums in grown.items() if sums[0] > 0}
    # Pointers are gone when all is quiet; there was one a record.
    pointers = sum(written.count for written in topics.values())
    tables["outbox"] = Written(count=pointers, size=await connection.fetchval(_POINTER))
    return Shape(tables=tables, topics=topics, events=tables["case_events"].count, commits=commits / referrals)


def _written(count, size, referrals):
    return Written(count=count / referrals, size=round(size / count))


def _size(record):
    headers = sum(len(name) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers
