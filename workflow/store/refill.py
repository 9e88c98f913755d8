"""Fill topics again from what was kept: the same bytes as the first time."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from workflow.store.columns import columns
from workflow.store.rows import shard_of

PAGE = 1000
FIRST = UUID(int=0)
_END_EPOCHS = "UPDATE leases SET epoch = epoch + 1 WHERE name LIKE 'relay:%'"
# Set and not deleted: a reader that is still at work finds it moved, and asks anew.
_READ_ANEW = "UPDATE offsets SET position = 0 WHERE topic = ANY($1::text[])"
_FACTS = """
SELECT tenant, case_id, sequence, 0 AS part FROM case_events
WHERE (tenant, case_id, sequence) > ($1, $2, $3) ORDER BY tenant, case_id, sequence LIMIT $4
"""
_RECORDS = """
SELECT tenant, case_id, sequence, part FROM outward_records
WHERE topic = ANY($1::text[]) AND (case_id, sequence, part) > ($2, $3, $4)
ORDER BY case_id, sequence, part LIMIT $5
"""
_QUEUE = """
INSERT INTO outbox (shard, case_id, sequence, part, tenant, queued_at)
SELECT s.shard, s.case_id, s.sequence, s.part, s.tenant, clock_timestamp()
FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::int[], $5::text[]) AS s(shard, case_id, sequence, part, tenant)
ON CONFLICT DO NOTHING
"""


class SqlRefill:
    """Queues again what was published; which topics may be filled again is the caller's to say."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def end_epochs(self) -> None:
        """Move the epoch of every shard on: a removal that is under way was acknowledged by a log that is gone."""
        await self._pool.execute(_END_EPOCHS)

    async def read_anew(self, topics: Sequence[str]) -> None:
        """Set back where these topics were read to; whoever reads them knows what it has seen. May be called again."""
        await self._pool.execute(_READ_ANEW, list(topics))

    async def queue_case_events(self) -> int:
        """Queue every fact of every case; return how many there are. May be called again."""
        count, after = 0, ("", FIRST, 0)
        while rows := await self._pool.fetch(_FACTS, *after, PAGE):
            await self._queue(rows)
            count, after = count + len(rows), (rows[-1]["tenant"], rows[-1]["case_id"], rows[-1]["sequence"])
        return count

    async def queue_records(self, topics: Sequence[str]) -> int:
        """Queue every kept record of these topics; return how many there are. May be called again."""
        count, after = 0, (FIRST, -1, -1)
        while rows := await self._pool.fetch(_RECORDS, list(topics), *after, PAGE):
            await self._queue(rows)
            count, after = count + len(rows), (rows[-1]["case_id"], rows[-1]["sequence"], rows[-1]["part"])
        return count

    async def kept_topics(self) -> Sequence[str]:
        """Return the topics of which records are kept besides the case events."""
        rows = await self._pool.fetch("SELECT DISTINCT topic FROM outward_records ORDER BY topic")
        return [row["topic"] for row in rows]

    async def _queue(self, rows: Sequence[asyncpg.Record]) -> None:
        given = [
            (shard_of(row["case_id"]), row["case_id"], row["sequence"], row["part"], row["tenant"]) for row in rows
        ]
        await self._pool.execute(_QUEUE, *columns(given, 5))
