"""Records that could not be taken: sealed, listed, opened for replay, discarded."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from workflow.ports import Quarantined
from workflow.store.columns import columns
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
