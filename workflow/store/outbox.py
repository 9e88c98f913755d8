"""The outbox: pointers to what nobody has acknowledged, joined with the exact bytes that they point to."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from workflow.ports import Outward
from workflow.store.columns import columns
from workflow.store.failures import kept_nothing
from workflow.store.outward import case_event_record
from workflow.store.rows import EVENT_COLUMNS, EventRow, headers_of, shard_of

# What is left is asked for, never what comes after an id: a transaction that commits late has lower numbers.
_POINTERS = """
SELECT o.* FROM unnest($2::int[], $3::uuid[], $4::bigint[], $5::int[]) AS held(shard, case_id, sequence, part)
CROSS JOIN LATERAL (
    SELECT w.shard, w.tenant, w.case_id, w.sequence, w.part FROM outbox w
    WHERE w.shard = held.shard AND (w.case_id, w.sequence, w.part) > (held.case_id, held.sequence, held.part)
    ORDER BY w.case_id, w.sequence, w.part LIMIT $1
) o ORDER BY o.shard, o.case_id, o.sequence, o.part
"""
_FACTS = f"""
SELECT {", ".join(f"e.{name}" for name in EVENT_COLUMNS)} FROM case_events e
JOIN unnest($1::text[], $2::uuid[], $3::bigint[]) AS p(tenant, case_id, sequence) USING (tenant, case_id, sequence)
"""  # noqa: S608 - the names are the code's own
_RECORDS = """
SELECT r.* FROM outward_records r
JOIN unnest($1::uuid[], $2::bigint[], $3::int[]) AS p(case_id, sequence, part) USING (case_id, sequence, part)
"""
# The leases are locked until the deed is done: nobody can take a shard over between the question and the deed.
_REMOVE = """
WITH held AS MATERIALIZED (
    SELECT h.shard FROM leases l JOIN unnest($1::int[], $2::bigint[]) AS h(shard, epoch)
    ON l.name = 'relay:' || h.shard AND l.epoch = h.epoch ORDER BY l.name FOR SHARE OF l
), removed AS (
    DELETE FROM outbox o USING held, unnest($3::int[], $4::uuid[], $5::bigint[], $6::int[])
        AS gone(shard, case_id, sequence, part)
    WHERE gone.shard = held.shard AND o.shard = gone.shard AND o.case_id = gone.case_id
        AND o.sequence = gone.sequence AND o.part = gone.part
)
SELECT shard FROM held
"""


class SqlOutbox:
    """What was kept and is not yet acknowledged by a broker."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def left(self, after: Mapping[int, tuple[UUID, int, int]], most: int) -> Mapping[int, Sequence[Outward]]:
        """Return what waits in each shard after a place, `most` at most, as exact bytes.

        In the order of their places: (case, sequence, part).
        """
        looked = ((shard, *place) for shard, place in after.items())
        async with kept_nothing(), self._pool.acquire() as connection:
            pointers = await connection.fetch(_POINTERS, most, *columns(looked, 4))
            facts = [row for row in pointers if row["part"] == 0]
            others = [row for row in pointers if row["part"] > 0]
            found = {**await _facts(connection, facts), **await _records(connection, others)}
        waiting: dict[int, list[Outward]] = {}
        for row in pointers:
            if (record := found.get((row["case_id"], row["sequence"], row["part"]))) is not None:
                waiting.setdefault(row["shard"], []).append(record)
        return waiting

    async def remove(self, held: Mapping[int, int], records: Sequence[Outward]) -> frozenset[int]:
        """Forget acknowledged records of the shards held, by epoch; of those whose epoch is over nothing is forgotten.

        Returns these.
        """
        gone = sorted((shard_of(one.case_id), one.case_id, one.sequence, one.part) for one in records)
        async with kept_nothing():
            rows = await self._pool.fetch(_REMOVE, *columns(held.items(), 2), *columns(gone, 4))
        return frozenset(held) - {row["shard"] for row in rows}

    async def size(self) -> int:
        """Return how many records wait in all shards."""
        found: int = await self._pool.fetchval("SELECT count(*) FROM outbox")
        return found


Key = tuple[object, int, int]


async def _facts(connection: asyncpg.Connection, pointers: Sequence[asyncpg.Record]) -> dict[Key, Outward]:
    if not pointers:
        return {}
    wanted = [(row["tenant"], row["case_id"], row["sequence"]) for row in pointers]
    rows = await connection.fetch(_FACTS, *columns(wanted, 3))
    return {(row["case_id"], row["sequence"], 0): case_event_record(EventRow._make(row)) for row in rows}


async def _records(connection: asyncpg.Connection, pointers: Sequence[asyncpg.Record]) -> dict[Key, Outward]:
    if not pointers:
        return {}
    wanted = [(row["case_id"], row["sequence"], row["part"]) for row in pointers]
    rows = await connection.fetch(_RECORDS, *columns(wanted, 3))
    return {(row["case_id"], row["sequence"], row["part"]): outward_of(row) for row in rows}


def outward_of(row: asyncpg.Record) -> Outward:
    """Return the record of a row, byte for byte."""
    return Outward(
        topic=row["topic"],
        key=row["key"],
        case_id=row["case_id"],
        sequence=row["sequence"],
        part=row["part"],
        event_id=row["ce_id"],
        headers=headers_of(row["headers"]),
        value=row["value"],
    )
