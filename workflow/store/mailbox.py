"""Delivery of notices: each once, however often the notifier is killed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from schemas import topics
from workflow.ports import Position
from workflow.store.columns import columns
from workflow.store.failures import kept_nothing, perhaps_kept
from workflow.store.keeping import move_position

_NOTE = """
INSERT INTO deliveries (ce_id, tenant, state, at)
SELECT d.ce_id, d.tenant, $1, d.at FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS d(ce_id, tenant, at)
ORDER BY d.ce_id ON CONFLICT DO NOTHING RETURNING ce_id
"""
_PUT = """
INSERT INTO mailbox (ce_id, tenant, recipient, address, subject, body, at)
SELECT m.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    AS m(ce_id, tenant, recipient, address, subject, body, at)
"""
_UNDECIDED = """
SELECT d.ce_id AS notice, d.tenant, r.case_id, d.at FROM deliveries d
LEFT JOIN outward_records r ON r.ce_id = d.ce_id AND r.topic = ANY($1::text[])
WHERE d.state = 'intent' ORDER BY d.at, d.ce_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notice as it is sent to a person; the one thing outside the vault that carries names."""

    ce_id: str
    tenant: str
    recipient: str
    address: str
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A message that was about to leave when the notifier or the connection died. Sent again it might be a repeat."""

    notice: str
    tenant: str
    case_id: UUID | None
    at: datetime


class SqlMailbox:
    """The local mailbox, and the book of what was sent elsewhere."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def deliver(self, messages: Sequence[Message], position: Position | None = None) -> int:
        """Put messages that were never delivered into the mailbox and move the position, in one transaction.

        Return how many were new. Raises StalePositionError, AmbiguousCommitError; the former kept nothing.
        """
        async with perhaps_kept(), self._pool.acquire() as connection, connection.transaction():
            await move_position(connection, position)
            new = await _noted(connection, "sent", messages)
            # By id: a batch may hold the same notice twice.
            rows = {message.ce_id: _row(message) for message in messages if message.ce_id in new}
            await connection.execute(_PUT, *columns(rows.values(), 7))
            return len(new)

    async def intend(self, messages: Sequence[Message]) -> frozenset[str]:
        """Note that messages are about to be sent by SMTP; return the ids of those that never were intended."""
        async with perhaps_kept(), self._pool.acquire() as connection, connection.transaction():
            return frozenset(await _noted(connection, "intent", messages))

    async def sent(self, ce_ids: Sequence[str]) -> None:
        """Note that messages were sent."""
        async with perhaps_kept():
            await self._pool.execute("UPDATE deliveries SET state = 'sent' WHERE ce_id = ANY($1::text[])", list(ce_ids))

    async def forget(self, ce_ids: Sequence[str]) -> None:
        """Take back that messages were about to be sent: they surely did not leave."""
        async with perhaps_kept():
            await self._pool.execute(
                "DELETE FROM deliveries WHERE state = 'intent' AND ce_id = ANY($1::text[])", list(ce_ids)
            )

    async def undecided(self) -> Sequence[Undecided]:
        """Return the messages of which nobody knows whether they went out, oldest first."""
        async with kept_nothing():
            rows = await self._pool.fetch(_UNDECIDED, [topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT])
        return [Undecided(**row) for row in rows]


async def _noted(connection: asyncpg.Connection, state: str, messages: Sequence[Message]) -> set[str]:
    given = {(message.ce_id, message.tenant, message.at) for message in messages}
    rows = await connection.fetch(_NOTE, state, *columns(sorted(given), 3))
    return {row["ce_id"] for row in rows}


def _row(message: Message) -> tuple[object, ...]:
    return (
        *(message.ce_id, message.tenant, message.recipient, message.address, message.subject, message.body),
        message.at,
    )
