"""Read the evidence of a run: cases by folding their facts, tables, every topic from offset zero, the mailbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

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
    """What stands on the topics: (id, digest of the bytes) by topic, one entry a copy."""

    copies: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

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
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False, fetch_max_wait_ms=FETCH_MS)
    await consumer.start()
    try:
        names = [name for name in await consumer.topics() if not name.startswith((INBOUND, "__", "amends-host"))]
        partitions = [
            TopicPartition(name, number) for name in names for number in consumer.partitions_for_topic(name) or ()
        ]
        return await _read(consumer, partitions)
    finally:
        await put_away(consumer)


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


async def _unread(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> list[TopicPartition]:
    return [partition for partition, end in ends.items() if await consumer.position(partition) < end]


def _id_of(record: Any) -> str:
    return next((value.decode() for name, value in record.headers if name == "ce_id"), "")


def _digest(value: bytes | None) -> str:
    return sha256(value or b"").hexdigest()


async def read_evidence(connection: asyncpg.Connection, ledger: Ledger, published: Published) -> Evidence:
    """Return everything that the matching looks at."""
    facts = await connection.fetch(FACTS)
    records = await connection.fetch(RECORDS)
    mailbox = await connection.fetch("SELECT ce_id FROM mailbox")
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
    )


async def _opened(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    """Return (agency, message id) of every case that a referral opened; a transfer's case was opened by none."""
    rows = await connection.fetch(OPENED)
    return [(row["agency"], row["message"]) for row in rows]
