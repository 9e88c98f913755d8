"""A Merkle root over hashes in a fixed order; leaves and nodes are hashed apart, so neither passes for the other."""

from collections.abc import Iterable
from hashlib import sha256

EMPTY = sha256(b"amends-empty").digest()


def leaf(content: bytes) -> bytes:
    """Return the leaf of what is proved."""
    return sha256(b"\x00" + content).digest()


class MerkleTree:
    """Takes leaves one by one and keeps only one hash a level: a million facts need twenty."""

    def __init__(self) -> None:
        self._levels: list[bytes | None] = []

    def add(self, given: bytes) -> None:
        """Add a leaf at the end."""
        carried = given
        for level, waiting in enumerate(self._levels):
            if waiting is None:
                self._levels[level] = carried
                return
            self._levels[level] = None
            carried = _node(waiting, carried)
        self._levels.append(carried)

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        found: bytes | None = None
        for waiting in self._levels:
            if waiting is not None:
                found = waiting if found is None else _node(waiting, found)
        return found or EMPTY


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaves in their order."""
    tree = MerkleTree()
    for given in leaves:
        tree.add(given)
    return tree.root()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
