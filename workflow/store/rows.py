"""Rows <-> what they stand for: the case, its facts, a timer's command. Pure, and the one place that converts."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Self
from uuid import UUID
from zlib import crc32

import orjson
from pydantic import TypeAdapter

from schemas.commands import COMMANDS, Command
from schemas.envelope import Envelope, Recorded
from schemas.registry import Contract, read_event
from schemas.upcasts import UPCASTS, Upcast
from workflow.case.case import Case
from workflow.store.chain import GENESIS, Link, instant_text, link_hash

SHARDS = 12
_CASE: TypeAdapter[Case] = TypeAdapter(Case)


class EventRow(Link):
    """A row of case_events: what the hash covers, and the hash, in the order of EVENT_COLUMNS."""

    __slots__ = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a row; columns beyond these are passed over."""
        return cls(**{name: row[name] for name in EVENT_COLUMNS})


EVENT_COLUMNS = EventRow._fields


def shard_of(case_id: UUID) -> int:
    """Return the shard that publishes a case's records and fires its timers; it divides work, not data."""
    return crc32(case_id.bytes) % SHARDS


def body_of(case: Case) -> bytes:
    """Return the bytes in which a case is stored."""
    return _CASE.dump_json(case)


def case_of(body: bytes) -> Case:
    """Return the case of stored bytes."""
    return _CASE.validate_json(body)


def event_rows(recorded: Iterable[Recorded], head: bytes = GENESIS) -> tuple[EventRow, ...]:
    """Return the rows of a case's next facts, chained to `head`, the hash of the fact before them."""
    rows: list[EventRow] = []
    for fact in recorded:
        rows.append(_event_row(fact, rows[-1].hash if rows else head))
    return tuple(rows)


def recorded_of(row: EventRow, upcasts: Mapping[Contract, Upcast] = UPCASTS) -> Recorded:
    """Return the fact of a row in its envelope, as today's model: what an older release stored is brought up.

    Raises UnknownContract for a name or version that is not ours, MissingUpcast for a gap in the table.
    """
    body = orjson.loads(row.payload)
    envelope = Envelope(
        tenant=row.tenant,
        case_id=row.case_id,
        sequence=row.sequence,
        event_id=row.event_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        state_before=body["state_before"],
        state_after=body["state_after"],
        actor=body["actor"],
        correlation=row.correlation,
        causation=row.causation,
    )
    return Recorded(envelope=envelope, fact=read_event(row.type, row.version, body["fact"], upcasts))


@lru_cache(maxsize=1024)  # a clock's timers ask the same of every case
def command_bytes(command: Command) -> bytes:
    """Return a command with its name, as a timer keeps it."""
    data = command.model_dump(mode="json", exclude_defaults=True)
    return orjson.dumps({"type": type(command).__name__, "data": data})


def command_of(stored: bytes) -> Command:
    """Return the command that a timer keeps."""
    found = orjson.loads(stored)
    return COMMANDS[found["type"]].model_validate(found["data"])


def header_bytes(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return headers as a JSON list of pairs, in their order."""
    return orjson.dumps(list(headers))


def headers_of(stored: bytes) -> tuple[tuple[str, str], ...]:
    """Return the headers of stored bytes."""
    return tuple((name, value) for name, value in orjson.loads(stored))


def payload_of(recorded: Recorded) -> bytes:
    """Return the body of a case event: its times, its states, who acted, and the fact's own bytes."""
    envelope = recorded.envelope
    around = {
        "occurred_at": instant_text(envelope.occurred_at),
        "recorded_at": instant_text(envelope.recorded_at),
        "state_before": envelope.state_before,
        "state_after": envelope.state_after,
        "actor": envelope.actor,
    }
    return orjson.dumps(around)[:-1] + b',"fact":' + recorded.fact.model_dump_json().encode() + b"}"


def _event_row(recorded: Recorded, prev_hash: bytes) -> EventRow:
    envelope = recorded.envelope
    row = EventRow(
        tenant=envelope.tenant,
        case_id=envelope.case_id,
        sequence=envelope.sequence,
        event_id=envelope.event_id,
        type=recorded.fact.wire,
        version=recorded.fact.version,
        occurred_at=envelope.occurred_at,
        recorded_at=envelope.recorded_at,
        correlation=envelope.correlation,
        causation=envelope.causation,
        payload=payload_of(recorded),
        prev_hash=prev_hash,
    )
    return row._replace(hash=link_hash(row))
