"""Read the evidence of a run: cases by folding their facts, tables, every topic from offset zero, the mailbox."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.demo.matching import Evidence
from deploy.simulate.ledger import Ledger
from schemas import topics
from streams.closing import put_away
from workflow.case.case import Case
from workflow.store.rows import case_of

INBOUND = "referrals."
FETCH_MS, QUIET_MS = 100, 1_000
FACTS = "SELECT event_id::text AS id, 'case.events' AS topic, payload AS value FROM case_events"
RECORDS = "SELECT ce_id AS id, topic, value FROM outward_records"
OPENED = """
SELECT f.fact->>'agency' AS agency, f.fact->>'message_id' AS message FROM (
    SELECT convert_from(payload, 'UTF8')::jsonb->'fact' AS fact FROM case_events WHERE type = 'case.referral.received'
) f WHERE f.fact->>'transferred_from' IS NULL
"""


@dataclass(slots=True)
class Published:
    """What stands on the topics: (id, digest of the bytes) by topic, one entry a copy; (case, sequence) of facts."""

    copies: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    facts: list[tuple[str, int]] = field(default_factory=list)

    def ids(self) -> dict[str, set[str]]:
        """Return the distinct ids by topic."""
        return {topic: {name for name, _ in copies} for topic, copies in self.copies.items()}


async def read_cases(connection: asyncpg.Connection) -> tuple[Case, ...]:
    """Return every stored case; that their facts fold to them is `verify`'s to say."""
    return tuple(case_of(row["body"]) for row in await connection.fetch("SELECT body FROM cases ORDER BY tenant, id"))


async def count_facts(connection: asyncpg.Connection) -> Mapping[str, int]:
    """Return how many facts there are of each type."""
    rows = await connection.fetch("SELECT type, count(*) AS n FROM case_events GROUP BY type")
    return {row["type"]: row["n"] for row in rows}


async def dispositions(connection: asyncpg.Connection, ledger: Ledger) -> list[str]:
    """Return what became of each sending in the ledger, as the database has it."""
    rows = await connection.fetch("SELECT source, number, disposition FROM sendings")
    found = {(row["source"], row["number"]): row["disposition"] for row in rows}
    return [found[key] for key in ledger.sendings() if key in found]


async def read_topics(options: Mapping[str, Any]) -> Published:
    """Read every topic that we write, from offset zero to its end."""
    partitions = await _partitions(options)
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False, fetch_max_wait_ms=FETCH_MS)
    await consumer.start()
    try:
        return await _read(consumer, partitions)
    finally:
        await put_away(consumer)


async def _partitions(options: Mapping[str, Any]) -> list[TopicPartition]:
    """Ask an admin's client: a consumer knows the partitions only of what it reads."""
    admin = AIOKafkaAdminClient(**options)
    await admin.start()
    try:
        described = await admin.describe_topics()
    finally:
        await admin.close()
    ours = [one for one in described if _is_ours(one["topic"])]
    return [TopicPartition(one["topic"], part["partition"]) for one in ours for part in one["partitions"]]


def _is_ours(topic: str) -> bool:
    """Whether we write it: not what comes in, and not what Kafka or the host keep for themselves."""
    return not topic.startswith((INBOUND, "__")) and topic != topics.CASE_COMMANDS and "-host" not in topic


async def _read(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> Published:
    published = Published()
    if not partitions:
        return published
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, 0)
    while True:
        found = await consumer.getmany(timeout_ms=QUIET_MS)
        # The embedded broker tells ends that fall short: what counts is that nothing more comes.
        if not found and not await _unread(consumer, ends):
            return published
        for partition, records in found.items():
            copies = published.copies.setdefault(partition.topic, [])
            copies += [(_id_of(record), _digest(record.value)) for record in records]
            if partition.topic == topics.CASE_EVENTS:
                published.facts += map(_numbered, records)


async def _unread(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> list[TopicPartition]:
    return [partition for partition, end in ends.items() if await consumer.position(partition) < end]


def _id_of(record: Any) -> str:
    return _header(record, "ce_id")


def _numbered(record: Any) -> tuple[str, int]:
    return record.key.decode(), int(_header(record, "ce_casesequence"))


def _header(record: Any, wanted: str) -> str:
    return next((value.decode() for name, value in record.headers if name == wanted), "")


def _digest(value: bytes | None) -> str:
    return sha256(value or b"").hexdigest()


async def read_evidence(connection: asyncpg.Connection, ledger: Ledger, published: Published) -> Evidence:
    """Return everything that the matching looks at."""
    facts = await connection.fetch(FACTS)
    records = await connection.fetch(RECORDS)
    mailbox = await connection.fetch("SELECT ce_id FROM mailbox")
    numbered = await connection.fetch("SELECT case_id::text AS id, sequence FROM case_events ORDER BY 1, 2")
    slots = await connection.fetch("SELECT tenant || '/' || id AS id, capacity FROM slots")
    kept = {f"{row['topic']} {row['id']}": _digest(row["value"]) for row in (*facts, *records)}
    people = {topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT}
    return Evidence(
        accepted=ledger.accepted(),
        opened=await _opened(connection),
        kept=kept,
        published=[
            (f"{topic} {name}", digest) for topic, copies in published.copies.items() for name, digest in copies
        ],
        personal=frozenset(row["id"] for row in records if row["topic"] in people),
        delivered=[row["ce_id"] for row in mailbox],
        numbered=[(row["id"], row["sequence"]) for row in numbered],
        told=published.facts,
        booked=_booked(await read_cases(connection)),
        capacity={row["id"]: row["capacity"] for row in slots},
    )


def _booked(cases: Iterable[Case]) -> list[tuple[str, str]]:
    """Return (slot, session) of what holds a place; the end of a case gives back what was still to come."""
    return [
        (f"{case.tenant}/{session.slot}", str(session.id))
        for case in cases
        for session in case.sessions
        if not session.cancelled and (session.outcome is not None or not case.ended)
    ]


async def _opened(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    """Return (agency, message id) of every case that a referral opened; a transfer's case was opened by none."""
    rows = await connection.fetch(OPENED)
    return [(row["agency"], row["message"]) for row in rows]
