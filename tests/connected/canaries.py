"""Canaries: personal values of invented people, in every form in which they could leak, and where to look for them."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from aiokafka import AIOKafkaConsumer, TopicPartition

NOT_SEARCHED = {"mailbox"}
TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""
LONG_ENOUGH = 6


def personal_values(body: dict) -> Iterator[str]:
    """Yield the values of a referral that may stand nowhere but in the vault."""
    people = [body["participant"], *body.get("affected_people", ())]
    for person in people:
        names = [person.get("given_name"), person.get("family_name")]
        yield " ".join(name for name in names if name)
        yield from (name for name in names[1:] if name)
        yield from (person[key] for key in ("birth_date", "phone", "email", "address") if person.get(key))
    behaviour = body["behaviour"]
    yield from (text for text in (behaviour.get("description"), behaviour["place"].get("text")) if text)
    yield from (body[key] for key in ("occurrence_number", "incident_number", "urn", "pnc_id") if body.get(key))


def forms(value: str) -> set[bytes]:
    """Return the value as it is, case-folded, in JSON, percent and base64 encoding, and as a bare hash."""
    raw = value.encode()
    padded = {base64.b64encode(b" " * shift + raw)[4:-4] for shift in range(3)}
    return {
        raw,
        value.casefold().encode(),
        json.dumps(value)[1:-1].encode(),
        quote(value).encode(),
        base64.b64encode(raw).rstrip(b"=")[:-2],
        hashlib.sha256(raw).hexdigest().encode(),
        hashlib.sha256(raw).digest(),
        *(form for form in padded if len(form) > LONG_ENOUGH),
    }


def found_in(blob: bytes, values: set[str]) -> set[str]:
    """Return which values the blob holds in any form."""
    folded = blob.lower()
    return {
        value
        for value in values
        if len(value) >= LONG_ENOUGH and any(form in blob or form.lower() in folded for form in forms(value))
    }


async def tables(connection) -> dict[str, bytes]:
    """Return the bytes of every table outside the vault and the mailbox."""
    dumped = {}
    for (name,) in await connection.fetch(TABLES):
        if name not in NOT_SEARCHED:
            rows = await connection.fetch(f'SELECT * FROM "{name}"')
            dumped[name] = b"\n".join(_cell(cell) for row in rows for cell in row.values())
    return dumped


def _cell(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


async def outward_topics(options) -> dict[str, bytes]:
    """Return the bytes of every topic that we write."""
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False)
    await consumer.start()
    try:
        names = [name for name in await consumer.topics() if not name.startswith(("referrals.", "case.commands", "__"))]
        places = [TopicPartition(name, at) for name in names for at in consumer.partitions_for_topic(name) or ()]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, 0)
        read: dict[str, bytes] = {}
        while True:
            found = await consumer.getmany(timeout_ms=500)
            # The embedded broker tells ends that fall short: what counts is that nothing more comes.
            if not found and not [place for place, end in ends.items() if await consumer.position(place) < end]:
                return read
            for place, records in found.items():
                parts = [part for record in records for part in (record.key, record.value, *_headers(record)) if part]
                read[place.topic] = read.get(place.topic, b"") + b"\n".join(parts)
    finally:
        await consumer.stop()


def _headers(record) -> list[bytes]:
    return [value for _, value in record.headers]


def files(folder: Path) -> dict[str, bytes]:
    """Return logs and file names below a folder, the database's own log among them."""
    names = "\n".join(str(path) for path in folder.rglob("*")).encode()
    logs = {path.name: path.read_bytes() for path in folder.rglob("*.log*") if path.is_file()}
    return {"file names": names, **logs}
