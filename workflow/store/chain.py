"""The hash chain of a case: each fact's hash covers its bytes and its predecessor's hash. Pure.

The canonical encoding that is hashed (SHA-256) is a row of fields, each as its length (8 bytes, big-endian) and its
bytes, in this order:

1. the label `amends-chain-1`
2. the tenant, UTF-8
3. the case id, its 16 bytes
4. the sequence, in decimal digits
5. the event id, its 16 bytes
6. the type on the wire and its version, as `case.referral.received/v0`
7. occurred_at and 8. recorded_at, in UTC with microseconds, as `2026-03-02T09:00:00.000000Z`
9. the correlation id and 10. the causation id, their 16 bytes, or nothing
11. the payload, byte for byte as it is stored and published
12. the predecessor's hash; for the first fact 32 zero bytes

Length and bytes, so that no two different rows give the same encoding.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

LABEL = b"amends-chain-1"
GENESIS = bytes(32)


class Link(NamedTuple):
    """What the hash of one fact covers, and the hash once it is known."""

    tenant: str
    case_id: UUID
    sequence: int
    event_id: UUID
    type: str
    version: int
    occurred_at: datetime
    recorded_at: datetime
    correlation: UUID
    causation: UUID | None
    payload: bytes
    prev_hash: bytes
    hash: bytes = b""


def link_hash(link: Link) -> bytes:
    """Return the 32 bytes of a fact's hash."""
    return sha256(b"".join(len(field).to_bytes(8, "big") + field for field in _fields(link))).digest()


@lru_cache(maxsize=256)  # the facts of a batch share a few instants
def instant_text(at: datetime) -> str:
    """Return an instant in UTC with microseconds, the one spelling that is hashed and published."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _fields(link: Link) -> Iterable[bytes]:
    return (
        LABEL,
        link.tenant.encode(),
        link.case_id.bytes,
        str(link.sequence).encode(),
        link.event_id.bytes,
        f"{link.type}/v{link.version}".encode(),
        instant_text(link.occurred_at).encode(),
        instant_text(link.recorded_at).encode(),
        link.correlation.bytes,
        link.causation.bytes if link.causation else b"",
        link.payload,
        link.prev_hash,
    )
