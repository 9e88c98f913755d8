"""One transaction's share of everything but the cases: messages, sendings, timers, position, quarantine, outcomes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from workflow.machine.decision import SetTimer, TimerChange
from workflow.ports import Answered, Batch, KeptCase, Outward, Position, StaleCaseError, StalePositionError
from workflow.store import statements as sql
from workflow.store.columns import columns
from workflow.store.rows import command_bytes, shard_of
from workflow.store.waking import Wake, wake
from workflow.store.writing import record_row


class OutwardClashError(Exception):
    """Two different records claim one place in the record of what goes out: a fault in what made them."""


async def move_position(connection: asyncpg.Connection, position: Position | None) -> None:
    """Move a partition's position by compare-and-set: a zombie finds it moved and keeps nothing."""
    if position is None:
        return
    place = (position.cluster, position.topic, position.partition)
    if await connection.fetchval(sql.MOVE_POSITION, *place, position.expected, position.read_to) is None:
        raise StalePositionError(f"{position.topic}/{position.partition} is not at {position.expected}")


async def keep_messages(connection: asyncpg.Connection, batch: Batch, now: datetime) -> None:
    """Keep replies and sendings; a message id that was answered meanwhile raises StaleCaseError."""
    if batch.answered:
        rows = await connection.fetch(
            sql.KEEP_ANSWERS, batch.tenant, now, *columns(map(_answer_row, batch.answered), 6)
        )
        if len(rows) != len(batch.answered):
            raise StaleCaseError("a message was answered meanwhile")
    if batch.sendings:
        first: dict[tuple[str, str], str] = {}  # a batch may hold one sending twice: what became of it first counts
        for sending in batch.sendings:
            first.setdefault((sending.source, sending.number), sending.disposition)
        given = [(*key, disposition) for key, disposition in first.items()]
        await connection.execute(sql.KEEP_SENDINGS, batch.tenant, *columns(given, 3))


async def keep_timers(connection: asyncpg.Connection, batch: Batch, now: datetime) -> None:
    """Take the fired timers, then cancel and set; one that is gone, set again or not yet due raises StaleCaseError."""
    await _take_fired(connection, batch, now)
    changes = {(kept.case.id, change.name): change for kept in batch.cases for change in kept.timers}
    gone = [key for key, change in changes.items() if not isinstance(change, SetTimer)]
    if gone:
        await connection.execute(sql.CANCEL_TIMERS, batch.tenant, *columns(gone, 2))
    given = [_timer_row(case_id, change) for (case_id, _), change in changes.items() if isinstance(change, SetTimer)]
    if given:
        await connection.execute(sql.SET_TIMERS, batch.tenant, *columns(given, 5))


async def keep_records(connection: asyncpg.Connection, tenant: str, records: Sequence[Outward]) -> None:
    """Queue records that belong to no fact; the same record again is sent again, its bytes kept once."""
    if not records:
        return
    given = columns((record_row(record) for record in records), 8)
    await connection.execute(sql.KEEP_RECORDS, tenant, *given)
    if await connection.fetchval(sql.SAME_RECORDS, tenant, *given) != len(records):
        raise OutwardClashError("another record is kept under this case, sequence and part")
    queued = [(shard_of(record.case_id), record.case_id, record.sequence, record.part) for record in records]
    await connection.execute(sql.QUEUE_RECORDS, tenant, *columns(queued, 4))


async def keep_outcomes(connection: asyncpg.Connection, tenant: str, cases: Iterable[KeptCase]) -> None:
    """Keep the current rows of study tokens, marked for the next release where they changed."""
    rows = {(row.study, row.token): row.value for kept in cases for row in kept.outcomes}
    if rows:
        given = columns(((study, token, value) for (study, token), value in rows.items()), 3)
        await connection.execute(sql.KEEP_OUTCOMES, tenant, *given)


async def wake_others(connection: asyncpg.Connection, batch: Batch) -> None:
    """Tell relay and timekeeper, once a batch, that something waits for them; it arrives with the commit."""
    reasons = []
    if batch.cases or batch.outward:
        reasons.append(Wake.RECORDS)
    if any(isinstance(change, SetTimer) for kept in batch.cases for change in kept.timers):
        reasons.append(Wake.TIMERS)
    if reasons:
        await wake(connection, *reasons)


async def _take_fired(connection: asyncpg.Connection, batch: Batch, now: datetime) -> None:
    """Judged by the clock by which it was decided: between that and the question what is due it may be put back."""
    if not batch.fired:
        return
    given = sorted((timer.case_id, timer.name, timer.generation) for timer in batch.fired)
    if len(await connection.fetch(sql.TAKE_FIRED, batch.tenant, *columns(given, 3), now)) != len(given):
        raise StaleCaseError("a timer was fired, cancelled or set again meanwhile, or is not due")


def _answer_row(answered: Answered) -> tuple[str, str, bytes, str, UUID | None, bytes]:
    key, seen = answered.key, answered.seen
    return (key.source, key.message_id, seen.fingerprint, seen.disposition, seen.case_id, seen.reply)


def _timer_row(case_id: UUID, change: TimerChange) -> tuple[UUID, str, int, datetime, bytes]:
    if not isinstance(change, SetTimer):
        raise TypeError(type(change).__name__)
    return (case_id, change.name, shard_of(case_id), change.due_at, command_bytes(change.command))
