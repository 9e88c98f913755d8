"""Records that could not be taken: sealed, listed, opened for replay, discarded."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from workflow.ports import Quarantined
from workflow.store.columns import columns
from workflow.store.keys import MasterKeys
from workflow.store.sealing import Sealer

_KEEP = """
INSERT INTO quarantine (tenant, topic, partition, "offset", fingerprint, reason, case_id, sealed, at)
SELECT q.tenant, q.topic, q.partition, q.at_offset, q.fingerprint, q.reason, q.case_id, q.sealed, $1
FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::uuid[], $9::bytea[])
    AS q(tenant, topic, partition, at_offset, fingerprint, reason, case_id, sealed)
ON CONFLICT DO NOTHING
"""


async def keep_quarantined(
    connection: asyncpg.Connection, sealer: Sealer, records: Sequence[Quarantined], now: datetime
) -> None:
    """Keep records under seal; the same record at the same place is kept once."""
    if records:
        await connection.execute(_KEEP, now, *columns((_row(sealer, record) for record in records), 8))


def _row(sealer: Sealer, record: Quarantined) -> tuple[object, ...]:
    return (
        *(record.tenant, record.topic, record.partition, record.offset, record.fingerprint, record.reason),
        *(record.case_id, sealer.seal_record(_packed(record), record.fingerprint)),
    )


def _packed(record: Quarantined) -> bytes:
    headers = [(name, b64encode(value).decode()) for name, value in record.headers]
    return orjson.dumps(headers) + b"\n" + record.value


def opened(sealer: Sealer, row: asyncpg.Record) -> Quarantined:
    """Return a row's record, opened."""
    packed = sealer.open_record(row["sealed"], row["fingerprint"])
    headers, _, value = packed.partition(b"\n")
    return Quarantined(
        tenant=row["tenant"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        fingerprint=row["fingerprint"],
        reason=row["reason"],
        headers=tuple((name, b64decode(value)) for name, value in orjson.loads(headers)),
        value=value,
        case_id=row["case_id"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedPlace:
    """What may be shown of a quarantined record: its place and why, never its bytes."""

    id: int
    tenant: str | None
    topic: str
    partition: int
    offset: int
    fingerprint: str
    reason: str
    case_id: UUID | None
    at: datetime


class SqlQuarantine:
    """What an operator does with quarantined records."""

    def __init__(self, pool: asyncpg.Pool, keys: MasterKeys) -> None:
        self._pool = pool
        self._sealer = Sealer(keys)

    async def listed(self) -> Sequence[QuarantinedPlace]:
        """Return what lies in quarantine, oldest first; nothing is opened."""
        rows = await self._pool.fetch(
            'SELECT id, tenant, topic, partition, "offset", fingerprint, reason, case_id, at '
            "FROM quarantine ORDER BY id"
        )
        return [QuarantinedPlace(**row) for row in rows]

    async def show(self, fingerprint: str) -> Mapping[int, Quarantined]:
        """Open the records of a fingerprint, for replay, by id in the order in which they were set aside."""
        rows = await self._pool.fetch("SELECT * FROM quarantine WHERE fingerprint = $1 ORDER BY id", fingerprint)
        return {row["id"]: opened(self._sealer, row) for row in rows}

    async def discard(self, ids: Iterable[int]) -> int:
        """Remove records; return how many there were. By id: what is replayed may be set aside again meanwhile."""
        rows = await self._pool.fetch("DELETE FROM quarantine WHERE id = ANY($1::bigint[]) RETURNING id", list(ids))
        return len(rows)
