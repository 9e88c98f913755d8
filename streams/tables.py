"""What the streams keep in SQL: positions, leases, what waits in the outbox and on the clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from streams.ports import DueTimer, Partition
from workflow.ports import FiredTimer, Outward
from workflow.rules.facts import Organisation
from workflow.store.outward import case_event_record
from workflow.store.reading import organisation_of
from workflow.store.rows import EventRow, command_of, headers_of

_LAG = """
INSERT INTO worker_lag (topic, partition, lag, at)
SELECT l.topic, l.partition, l.lag, clock_timestamp() FROM unnest($1::text[], $2::int[], $3::bigint[])
    AS l(topic, partition, lag)
ORDER BY l.topic, l.partition
ON CONFLICT (topic, partition) DO UPDATE SET lag = excluded.lag, at = excluded.at
"""
# The epoch counts changes of hands. Names are taken in order, so that two who ask at once cannot wait for each other.
_TAKE = """
INSERT INTO leases AS l (name, holder, epoch, expires_at)
SELECT n.name, $2, 1, clock_timestamp() + $3 * interval '1 second' FROM unnest($1::text[]) AS n(name) ORDER BY n.name
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
    epoch = l.epoch + (CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END)
WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
RETURNING name, epoch
"""
_RELEASE = "UPDATE leases SET expires_at = clock_timestamp() WHERE name = ANY($1::text[]) AND holder = $2"
_LEFT = """
SELECT case_id, sequence, part, tenant FROM outbox WHERE shard = $1 ORDER BY case_id, sequence, part LIMIT $2
"""
_EVENTS = """
SELECT e.* FROM case_events e JOIN unnest($1::text[], $2::uuid[], $3::bigint[]) AS w(tenant, case_id, sequence)
    ON (e.tenant, e.case_id, e.sequence) = (w.tenant, w.case_id, w.sequence)
"""
_RECORDS = """
SELECT r.* FROM outward_records r JOIN unnest($1::uuid[], $2::bigint[], $3::int[]) AS w(case_id, sequence, part)
    ON (r.case_id, r.sequence, r.part) = (w.case_id, w.sequence, w.part)
"""
# FOR SHARE: the lease cannot change hands between the question and the deletion.
_REMOVE = """
WITH mine AS (SELECT 1 FROM leases WHERE name = $1 AND epoch = $2 AND holder = $3 FOR SHARE), gone AS (
    DELETE FROM outbox o USING unnest($5::uuid[], $6::bigint[], $7::int[]) AS d(case_id, sequence, part)
    WHERE EXISTS (SELECT FROM mine) AND o.shard = $4
        AND (o.case_id, o.sequence, o.part) = (d.case_id, d.sequence, d.part)
)
SELECT EXISTS (SELECT FROM mine)
"""
_DUE = """
SELECT t.tenant, t.case_id, t.name, t.generation, t.due_at, t.command FROM timers t
WHERE t.shard = ANY($1::int[]) AND t.due_at <= $2
    AND NOT EXISTS (SELECT FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)
ORDER BY t.due_at, t.case_id, t.name LIMIT $3
"""
_NEXT = """
SELECT min(t.due_at) FROM timers t WHERE t.shard = ANY($1::int[])
    AND NOT EXISTS (SELECT FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)
"""


class SqlRegister:
    """The register of organisations of every scheme."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def all_organisations(self) -> Mapping[str, Organisation]:
        """Return every organisation by slug, as registered now."""
        rows = await self._pool.fetch("SELECT slug, tenant, kind, name, area FROM organisations ORDER BY slug")
        return {row["slug"]: organisation_of(row) for row in rows}


class SqlPositions:
    """Where partitions were read to; moved by the office's own transactions, never here."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def positions(self, cluster: str, partitions: Iterable[Partition]) -> Mapping[Partition, int]:
        """Return the next offset of each partition that was ever read on this cluster."""
        wanted = list(partitions)
        rows = await self._pool.fetch(
            "SELECT o.topic, o.partition, o.position FROM offsets o JOIN unnest($2::text[], $3::int[]) "
            "AS w(topic, partition) ON (o.topic, o.partition) = (w.topic, w.partition) WHERE o.cluster = $1",
            *(cluster, [topic for topic, _ in wanted], [number for _, number in wanted]),
        )
        return {(row["topic"], row["partition"]): row["position"] for row in rows}

    async def write_lag(self, lags: Mapping[Partition, int]) -> None:
        """Say how far behind each partition is, by the database's own clock."""
        names, numbers = [topic for topic, _ in lags], [number for _, number in lags]
        await self._pool.execute(_LAG, names, numbers, list(lags.values()))


class SqlLeases:
    """Names that one process at a time may hold."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def take(self, names: Iterable[str], holder: str, seconds: float) -> Mapping[str, int]:
        """Take what is free or expired, renew what the holder has; return the epoch of each name held now."""
        rows = await self._pool.fetch(_TAKE, sorted(names), holder, seconds)
        return {row["name"]: row["epoch"] for row in rows}

    async def release(self, names: Iterable[str], holder: str) -> None:
        """Give names back before their time."""
        await self._pool.execute(_RELEASE, sorted(names), holder)


class SqlOutbox:
    """What was kept and is not yet acknowledged; pointers, to bytes that stay."""

    def __init__(self, pool: asyncpg.Pool, holder: str) -> None:
        self._pool = pool
        self._holder = holder

    async def left(self, shard: int, most: int) -> Sequence[Outward]:
        """Return what waits in a shard with its exact bytes, in the order of (case, sequence, part)."""
        pointers = await self._pool.fetch(_LEFT, shard, most)
        if not pointers:
            return ()
        return await records_at(self._pool, [tuple(row) for row in pointers])

    async def remove(self, shard: int, epoch: int, records: Sequence[Outward]) -> bool:
        """Forget acknowledged records, unless the lease of `relay:<shard>` has changed hands."""
        places = sorted((record.case_id, record.sequence, record.part) for record in records)
        columns = [list(column) for column in zip(*places, strict=True)]
        mine: bool = await self._pool.fetchval(_REMOVE, f"relay:{shard}", epoch, self._holder, shard, *columns)
        return mine


async def records_at(pool: asyncpg.Pool, places: Sequence[tuple[object, ...]]) -> Sequence[Outward]:
    """Return the records at these (case, sequence, part, tenant), in the order given; part 0 is the event itself."""
    events = [(place[3], place[0], place[1]) for place in places if place[2] == 0]
    others = [place[:3] for place in places if place[2] != 0]
    found: dict[tuple[object, ...], Outward] = {}
    if events:
        for row in await pool.fetch(_EVENTS, *(list(column) for column in zip(*events, strict=True))):
            found[row["case_id"], row["sequence"], 0] = case_event_record(EventRow.of(row))
    if others:
        for row in await pool.fetch(_RECORDS, *(list(column) for column in zip(*others, strict=True))):
            found[row["case_id"], row["sequence"], row["part"]] = outward_of(row)
    return [found[place[:3]] for place in places if place[:3] in found]


def outward_of(row: Any) -> Outward:
    """Return a stored record, byte for byte as it was kept."""
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


class SqlTimers:
    """Commands that are due."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def due(self, shards: Iterable[int], now: datetime, most: int) -> Sequence[DueTimer]:
        """Return what is due in these shards, longest due first; timers of parked cases wait."""
        rows = await self._pool.fetch(_DUE, list(shards), now, most)
        return [
            DueTimer(
                tenant=row["tenant"],
                timer=FiredTimer(case_id=row["case_id"], name=row["name"], generation=row["generation"]),
                due_at=row["due_at"],
                command=command_of(row["command"]),
            )
            for row in rows
        ]

    async def next_due(self, shards: Iterable[int]) -> datetime | None:
        """Return when the next timer of these shards that does not wait is due."""
        at: datetime | None = await self._pool.fetchval(_NEXT, list(shards))
        return at
