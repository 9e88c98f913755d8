"""The master key and the keys that are derived from it, one a purpose; ids and fingerprints that nobody can guess."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION_8 = 0x8 << 76
_VARIANT = 0x2 << 62
_FREE = ~((0xF << 76) | (0x3 << 62)) & ((1 << 128) - 1)


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master key; it stays outside the database and is never used itself, only what is derived from it."""

    master: bytes

    def __post_init__(self) -> None:
        if len(self.master) != KEY_BYTES:
            raise ValueError(f"The master key must have {KEY_BYTES} bytes.")

    def __repr__(self) -> str:
        return "MasterKeys(...)"

    def subkey(self, *purpose: str) -> bytes:
        """Return the key of one purpose (HKDF-SHA256); the same purpose, the same key."""
        info = b"amends" + b"".join(_prefixed(part) for part in purpose)
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.master)


class KeyedIds:
    """An IdSource: the same parts give the same id, and without the key nobody leads it back."""

    def __init__(self, keys: MasterKeys) -> None:
        self._ids = keys.subkey("ids")
        self._fingerprints = keys.subkey("fingerprints")

    def derive(self, *parts: str) -> UUID:
        """Return a UUID of version 8 from the HMAC of the parts."""
        digest = hmac.digest(self._ids, b"".join(_prefixed(part) for part in parts), sha256)
        return UUID(int=(int.from_bytes(digest[:16], "big") & _FREE) | _VERSION_8 | _VARIANT)

    def fingerprint(self, value: bytes) -> bytes:
        """Return the HMAC-SHA256 of the bytes."""
        return hmac.digest(self._fingerprints, value, sha256)


def _prefixed(part: str) -> bytes:
    """Length and bytes, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = part.encode()
    return len(encoded).to_bytes(4, "big") + encoded
