"""Signed checkpoints of a scheme's log: what an outside copy is held against.

The signed part holds its format, the scheme, its number, the time, how many cases and facts it covers, the Merkle root
over the heads of all cases in the order of their ids, and the root before it. The heads travel beside it in the file,
so that what differs can be named, and a database that has grown since be held against them; the record on the topic is
the signed part alone.

Heads are read from the rows of cases, one a case, and never from all facts. That is enough to sign: `verify` computes
every case's head anew from its facts, holds the row against it, and names whatever differs.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import asyncpg
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workflow.store.chain import instant_text
from workflow.store.heads import SIZE, each, root_over, version_of
from workflow.store.keys import MasterKeys
from workflow.store.merkle import EMPTY

FORMAT = 2
"""What is signed. Format 1, which had no number, was a root over all facts, with its heads spelt out."""
READ_AHEAD = 5_000
_HEADS = "SELECT uuid_send(id) || int8send(version) || head FROM cases WHERE tenant = $1 ORDER BY id"
_LAST = "SELECT number, root, body FROM checkpoints WHERE tenant = $1 ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed root with the packed heads that it covers."""

    signed: bytes
    signature: bytes
    public_key: bytes
    heads: bytes

    @property
    def format(self) -> int:
        """Which format it was signed in."""
        return int(self._told.get("format", 1))

    @property
    def tenant(self) -> str:
        """The scheme whose log it covers."""
        return str(self._told["tenant"])

    @property
    def number(self) -> int:
        """Which checkpoint of the scheme it is, from 1."""
        return int(self._told["number"])

    @property
    def root(self) -> bytes:
        """The Merkle root."""
        return bytes.fromhex(self._told["root"])

    def genuine(self, trusted: bytes | None = None) -> bool:
        """Say whether the signature holds and the heads give the root; `trusted`: the key as known from elsewhere."""
        if trusted is not None and trusted != self.public_key:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, self.signed)
        except InvalidSignature:
            return False
        return root_over(self.heads) == self.root

    def record(self) -> bytes:
        """Return the value of its record on the topic: the signed part, its signature and key, without the heads."""
        return orjson.dumps(self._parts())

    def to_bytes(self) -> bytes:
        """Return one line for an append-only file."""
        return orjson.dumps({**self._parts(), "heads": b64encode(self.heads).decode()})

    @classmethod
    def from_bytes(cls, line: bytes) -> Self:
        """Read such a line, also one of an older format, whose heads are left out; ValueError, KeyError, TypeError."""
        found = orjson.loads(line)
        made = cls(
            signed=found["signed"].encode(),
            signature=bytes.fromhex(found["signature"]),
            public_key=bytes.fromhex(found["public_key"]),
            heads=b"",
        )
        return made if made.format < FORMAT else replace(made, heads=b64decode(found["heads"], validate=True))

    @property
    def _told(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = orjson.loads(self.signed)
        return told

    def _parts(self) -> dict[str, object]:
        return {
            "signed": self.signed.decode(),
            "signature": self.signature.hex(),
            "public_key": self.public_key.hex(),
        }


async def build_checkpoint(
    connection: asyncpg.Connection, keys: MasterKeys, tenant: str, now: datetime
) -> Checkpoint | None:
    """Make, sign and keep the scheme's next checkpoint, in one transaction of `amends_worker`.

    None when nothing happened since the last one. Facts are counted: a head that is another one without a new fact was
    written by somebody else, and is not signed for him.
    """
    async with connection.transaction(isolation="repeatable_read"):
        last = await connection.fetchrow(_LAST, tenant)
        heads = await read_heads(connection, tenant)
        facts = sum(map(version_of, each(heads)))
        if facts == (_covered(last["body"]) if last else 0):
            return None
        number, before = (last["number"], last["root"]) if last else (0, EMPTY)
        # Beside the loop: a million heads take a second and a half, and leases run on meanwhile.
        root = await asyncio.to_thread(root_over, heads)
        body = {
            "format": FORMAT,
            "tenant": tenant,
            "number": number + 1,
            "at": instant_text(now),
            "cases": len(heads) // SIZE,
            "facts": facts,
            "root": root.hex(),
            "previous": before.hex(),
        }
        made = _signed(keys, orjson.dumps(body), heads)
        await connection.execute(
            "INSERT INTO checkpoints (tenant, number, root, body, at) VALUES ($1, $2, $3, $4, $5)",
            *(tenant, made.number, made.root, made.record(), now),
        )
    return made


def _covered(record: bytes) -> int | None:
    """Return how many facts a checkpoint covers, from its record; None for one of an older format, to be made anew."""
    told = orjson.loads(orjson.loads(record)["signed"])
    return int(told["facts"]) if told.get("format") == FORMAT else None


async def read_heads(connection: asyncpg.Connection, tenant: str) -> bytes:
    """Return the packed heads of a scheme's cases in the order of their ids, from the rows of cases."""
    packed = bytearray()
    async for (head,) in connection.cursor(_HEADS, tenant, prefetch=READ_AHEAD):
        packed += head
    return bytes(packed)


def _signed(keys: MasterKeys, body: bytes, heads: bytes) -> Checkpoint:
    private = Ed25519PrivateKey.from_private_bytes(keys.subkey("checkpoints"))
    public = private.public_key().public_bytes_raw()
    return Checkpoint(signed=body, signature=private.sign(body), public_key=public, heads=heads)
