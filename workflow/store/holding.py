"""Leases with an epoch, by the database's clock; and positions of partitions."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import asyncpg

from workflow.rules.facts import Organisation
from workflow.store.columns import columns
from workflow.store.failures import kept_nothing
from workflow.store.reading import organisation_of

_TAKE = """
INSERT INTO leases AS l (name, holder, epoch, expires_at)
SELECT n.name, $2, 1, clock_timestamp() + $3 FROM unnest($1::text[]) AS n(name) ORDER BY n.name
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
    epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END
WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
RETURNING name, epoch
"""
_WRITE_LAG = """
INSERT INTO worker_lag (topic, partition, lag, at)
SELECT l.topic, l.partition, l.lag, clock_timestamp()
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS l(topic, partition, lag) ORDER BY l.topic, l.partition
ON CONFLICT (topic, partition) DO UPDATE SET lag = excluded.lag, at = excluded.at
"""
Partition = tuple[str, int]


class SqlLeases:
    """Names that one process at a time may hold; the epoch of a name grows with every change of hands."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def take(self, names: Iterable[str], holder: str, seconds: float) -> Mapping[str, int]:
        """Take what is free or expired, renew what the holder has; return the epoch of each name held now."""
        async with kept_nothing():
            rows = await self._pool.fetch(_TAKE, sorted(set(names)), holder, timedelta(seconds=seconds))
        return {row["name"]: row["epoch"] for row in rows}

    async def release(self, names: Iterable[str], holder: str) -> None:
        """Give names back before their time; those of others stay with them."""
        async with kept_nothing():
            await self._pool.execute(
                "UPDATE leases SET expires_at = '-infinity' WHERE name = ANY($1::text[]) AND holder = $2",
                *(sorted(set(names)), holder),
            )


class SqlPositions:
    """Where partitions were read to, and how far behind their reader is."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def positions(self, cluster: str, partitions: Iterable[Partition]) -> Mapping[Partition, int]:
        """Return the next offset of each partition that was ever read on this cluster; the others are absent."""
        async with kept_nothing():
            rows = await self._pool.fetch(
                "SELECT topic, partition, position FROM offsets "
                "JOIN unnest($2::text[], $3::int[]) AS p(topic, partition) "
                "USING (topic, partition) WHERE cluster = $1",
                *(cluster, *columns(set(partitions), 2)),
            )
        return {(row["topic"], row["partition"]): row["position"] for row in rows}

    async def write_lag(self, lags: Mapping[Partition, int]) -> None:
        """Say how many records each partition has that were not taken yet; `/readyz` reads it."""
        given = [(topic, partition, lag) for (topic, partition), lag in lags.items()]
        async with kept_nothing():
            await self._pool.execute(_WRITE_LAG, *columns(given, 3))


class SqlRegister:
    """The register of organisations of every scheme."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def all_organisations(self) -> Mapping[str, Organisation]:
        """Return every organisation by slug, as registered now."""
        async with kept_nothing():
            rows = await self._pool.fetch("SELECT * FROM organisations ORDER BY slug")
        return {row["slug"]: organisation_of(row) for row in rows}
