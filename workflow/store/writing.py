"""Keep a batch: case rows guarded by their version, and what follows from them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from schemas.events.intake import ClearanceRequested, ReferrerJoined
from schemas.events.life import TransferOffered
from workflow.ports import Batch, KeptCase, Outward, StaleCaseError
from workflow.store import statements as sql
from workflow.store.chain import GENESIS
from workflow.store.columns import columns
from workflow.store.rows import EventRow, body_of, event_rows, header_bytes, shard_of

_JOINING = (ReferrerJoined, ClearanceRequested, TransferOffered)


async def keep_cases(connection: asyncpg.Connection, batch: Batch, now: datetime) -> None:
    """Write the cases of a batch with their facts, records and pointers, or raise StaleCaseError."""
    if not batch.cases:
        return
    cases = sorted(batch.cases, key=lambda kept: kept.case.id)
    heads = await _locked_heads(connection, batch, cases)
    events = {kept.case.id: event_rows(kept.events, heads.get(kept.case.id, GENESIS)) for kept in cases}
    rows = [row for chained in events.values() for row in chained]
    records = [record for kept in cases for record in kept.outward if record.part > 0]
    found = await connection.fetchrow(
        sql.KEEP_CASES,
        *(batch.tenant, now),
        *columns((_case_row(kept, events[kept.case.id], heads) for kept in cases), 11),
        *columns((row[1:] for row in rows), 12),  # the tenant, which comes first, is one for all
        *columns((record_row(record) for record in records), 8),
        *columns(_pointers(rows, records), 2),
        *columns((party for kept in cases for party in _parties(kept)), 3),
    )
    if tuple(found) != (len(cases), len(rows), len(records), len(rows) + len(records)):
        raise StaleCaseError("a case moved on")


def record_row(record: Outward) -> tuple[Any, ...]:
    """Return the columns of an outward record after its tenant."""
    return (
        *(record.case_id, record.sequence, record.part, record.topic, record.key, record.event_id),
        *(header_bytes(record.headers), record.value),
    )


async def _locked_heads(
    connection: asyncpg.Connection, batch: Batch, cases: Sequence[KeptCase]
) -> Mapping[UUID, bytes]:
    """Lock the known cases in id order; the hash of each one's last fact. Raise if one is not where it was."""
    expected = {**batch.unmoved, **{kept.case.id: kept.expected for kept in cases if kept.expected > 0}}
    if not expected:
        return {}
    rows = await connection.fetch(sql.LOCK_CASES, batch.tenant, list(expected))
    if {row["id"]: row["version"] for row in rows} != expected:
        raise StaleCaseError("a case moved on")
    return {row["id"]: row["head"] for row in rows}


def _pointers(rows: Sequence[EventRow], records: Sequence[Outward]) -> Iterator[tuple[int, int]]:
    """The shard and part of what waits for the relay: facts, then records."""
    for row in rows:
        yield shard_of(row.case_id), 0
    for record in records:
        yield shard_of(record.case_id), record.part


def _case_row(kept: KeptCase, events: Sequence[EventRow], heads: Mapping[UUID, bytes]) -> tuple[Any, ...]:
    case = kept.case
    head = events[-1].hash if events else heads.get(case.id, GENESIS)
    return (
        *(case.id, kept.expected, case.version, case.state, case.provider, case.door, case.basis),
        *(case.caseworker, case.participant, body_of(case), head),
    )


def _parties(kept: KeptCase) -> Iterator[tuple[UUID, str, UUID]]:
    """The organisations with a part in the case and the tokens by which they know it, where they may have changed.

    A provider to whom it is offered knows it by its id.
    """
    if kept.expected > 0 and not any(isinstance(recorded.fact, _JOINING) for recorded in kept.events):
        return
    case = kept.case
    parties: set[tuple[str | None, UUID]] = {(referrer.agency, referrer.token) for referrer in case.referrers}
    parties |= {(case.clearance_agency, case.clearance_token or case.id), (case.transfer_to, case.id)}
    for agency, token in sorted(parties, key=str):
        if agency is not None:
            yield case.id, agency, token


def check_batch(batch: Batch) -> None:
    """Refuse a batch that contradicts itself; it is a fault of the caller, never of the data."""
    for kept in batch.cases:
        if kept.case.tenant != batch.tenant:
            raise ValueError("a case of another tenant in the batch")
        if [recorded.envelope.sequence for recorded in kept.events] != list(
            range(kept.expected + 1, kept.case.version + 1)
        ):
            raise ValueError("the facts do not lead from the expected version to the case's")
    if len({kept.case.id for kept in batch.cases}) != len(batch.cases):
        raise ValueError("one case twice in the batch")
