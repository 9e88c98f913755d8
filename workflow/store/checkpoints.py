"""Signed checkpoints of a scheme's log: what an outside copy is held against.

The signed part holds the scheme, its number, the time, the Merkle root over all (case, sequence, hash) in the order of
case and sequence, the previous root, and a digest of the heads. The heads (each case's last sequence and hash) travel
beside it in the file, so that what differs can be named; the record on the topic is the signed part alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self
from uuid import UUID

import asyncpg
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workflow.store.chain import instant_text
from workflow.store.keys import MasterKeys
from workflow.store.merkle import EMPTY, MerkleTree, leaf

READ_AHEAD = 5_000
Heads = Mapping[UUID, tuple[int, bytes]]
_HASHES = "SELECT case_id, sequence, hash FROM case_events WHERE tenant = $1 ORDER BY case_id, sequence"
_LAST = "SELECT number, root FROM checkpoints WHERE tenant = $1 ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed root with the heads that it covers."""

    signed: bytes
    signature: bytes
    public_key: bytes
    heads: Heads

    @property
    def tenant(self) -> str:
        """The scheme whose log it covers."""
        return str(orjson.loads(self.signed)["tenant"])

    @property
    def number(self) -> int:
        """Which checkpoint of the scheme it is, from 1."""
        return int(orjson.loads(self.signed)["number"])

    @property
    def root(self) -> bytes:
        """The Merkle root."""
        return bytes.fromhex(orjson.loads(self.signed)["root"])

    def genuine(self, trusted: bytes | None = None) -> bool:
        """Say whether signature and heads agree with the signed part; `trusted`: the key as known from elsewhere."""
        if trusted is not None and trusted != self.public_key:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, self.signed)
        except InvalidSignature:
            return False
        return bool(orjson.loads(self.signed)["heads"] == _digest(self.heads))

    def record(self) -> bytes:
        """Return the value of its record on the topic: the signed part, its signature and key, without the heads."""
        return orjson.dumps(self._parts())

    def to_bytes(self) -> bytes:
        """Return one line for an append-only file."""
        heads = {str(case_id): [sequence, digest.hex()] for case_id, (sequence, digest) in self.heads.items()}
        return orjson.dumps({**self._parts(), "heads": heads})

    @classmethod
    def from_bytes(cls, line: bytes) -> Self:
        """Read such a line."""
        found = orjson.loads(line)
        heads = {
            UUID(case_id): (sequence, bytes.fromhex(digest)) for case_id, (sequence, digest) in found["heads"].items()
        }
        return cls(
            signed=found["signed"].encode(),
            signature=bytes.fromhex(found["signature"]),
            public_key=bytes.fromhex(found["public_key"]),
            heads=heads,
        )

    def _parts(self) -> dict[str, object]:
        return {
            "signed": self.signed.decode(),
            "signature": self.signature.hex(),
            "public_key": self.public_key.hex(),
        }


def facts_of(record: bytes) -> int:
    """Return how many facts a checkpoint covers, from its record."""
    return int(orjson.loads(orjson.loads(record)["signed"])["facts"])


async def build_checkpoint(connection: asyncpg.Connection, keys: MasterKeys, tenant: str, now: datetime) -> Checkpoint:
    """Make, sign and keep the scheme's next checkpoint, in one transaction of `amends_worker`."""
    async with connection.transaction(isolation="repeatable_read"):
        last = await connection.fetchrow(_LAST, tenant)
        tree, heads = await read_tree(connection, tenant)
        number = last["number"] + 1 if last else 1
        body = {
            "tenant": tenant,
            "number": number,
            "at": instant_text(now),
            "facts": tree.size,
            "root": tree.root().hex(),
            "previous": (last["root"] if last else EMPTY).hex(),
            "heads": _digest(heads),
        }
        made = _signed(keys, orjson.dumps(body), heads)
        await connection.execute(
            "INSERT INTO checkpoints (tenant, number, root, body, at) VALUES ($1, $2, $3, $4, $5)",
            *(tenant, number, made.root, made.record(), now),
        )
    return made


async def read_tree(
    connection: asyncpg.Connection, tenant: str, upto: Heads | None = None
) -> tuple[MerkleTree, dict[UUID, tuple[int, bytes]]]:
    """Return the tree and the heads of a scheme's log; with `upto`, of what those heads cover."""
    tree, heads = MerkleTree(), {}
    async for row in connection.cursor(_HASHES, tenant, prefetch=READ_AHEAD):
        case_id, sequence, digest = row["case_id"], row["sequence"], row["hash"]
        if upto is not None and sequence > upto.get(case_id, (0, b""))[0]:
            continue
        tree.add(leaf(case_id, sequence, digest))
        heads[case_id] = (sequence, digest)
    return tree, heads


def _signed(keys: MasterKeys, body: bytes, heads: Heads) -> Checkpoint:
    private = Ed25519PrivateKey.from_private_bytes(keys.subkey("checkpoints"))
    public = private.public_key().public_bytes_raw()
    return Checkpoint(signed=body, signature=private.sign(body), public_key=public, heads=heads)


def _digest(heads: Heads) -> str:
    told = sha256()
    for case_id, (sequence, digest) in sorted(heads.items()):
        told.update(leaf(case_id, sequence, digest))
    return told.hexdigest()
