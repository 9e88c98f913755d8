"""The heads of a scheme's cases: each case's id, the number of its last fact and that fact's hash, in 56 bytes. Pure.

A fact's hash covers the hash before it, so a head proves its whole case, and a root over the heads the whole log. They
are kept packed and in the order of ids: a million are 56 MB.
"""

from collections.abc import Iterator
from typing import NamedTuple, Self
from uuid import UUID

from workflow.store.merkle import leaf, root_of

_ID, _VERSION = slice(0, 16), slice(16, 24)
_HASH = slice(24, 56)
SIZE = 56


class Head(NamedTuple):
    """Where a case stands."""

    case_id: UUID
    version: int
    hash: bytes

    def packed(self) -> bytes:
        """Return its 56 bytes: the id, the version (8 bytes, big-endian), the hash."""
        return self.case_id.bytes + self.version.to_bytes(8, "big") + self.hash

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Read such bytes."""
        return cls(UUID(bytes=packed[_ID]), version_of(packed), packed[_HASH])


def version_of(packed: bytes) -> int:
    """Return how many facts a packed head covers."""
    return int.from_bytes(packed[_VERSION], "big")


def each(packed: bytes) -> Iterator[bytes]:
    """Yield the heads of many one by one, each still packed."""
    return (packed[start : start + SIZE] for start in range(0, len(packed), SIZE))


def root_over(packed: bytes) -> bytes:
    """Return the Merkle root over packed heads: a leaf a case."""
    return root_of(leaf(head) for head in each(packed))
