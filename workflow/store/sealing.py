"""Sealing bytes with AES-256-GCM: a key a person, wrapped by the master key; the seal is bound to its place."""

from secrets import token_bytes
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workflow.store.keys import MasterKeys

_NONCE_BYTES = 12


class NewKey(NamedTuple):
    """A person's key, and what is kept of it."""

    key: AESGCM
    wrapped: bytes


class Sealer:
    """Seals under keys that are derived from the master key; it holds them in memory only."""

    def __init__(self, keys: MasterKeys) -> None:
        self._keys = keys
        self._wrapping = AESGCM(keys.subkey("wrapping"))
        self._quarantine = AESGCM(keys.subkey("quarantine"))
        self._search: dict[str, bytes] = {}

    def new_key(self, tenant: str, person: UUID) -> NewKey:
        """Return a fresh person key, and the same wrapped."""
        key = AESGCM.generate_key(256)
        return NewKey(AESGCM(key), _seal(self._wrapping, key, _bound("key", tenant, str(person))))

    def opened_key(self, tenant: str, person: UUID, wrapped: bytes) -> AESGCM:
        """Return a person's key."""
        return AESGCM(_open(self._wrapping, wrapped, _bound("key", tenant, str(person))))

    def search_secret(self, tenant: str) -> bytes:
        """Return the key of a scheme's search values; it never enters the database. Derived once, asked for often."""
        if tenant not in self._search:
            self._search[tenant] = self._keys.subkey("search", tenant)
        return self._search[tenant]

    def seal_record(self, value: bytes, fingerprint: str) -> bytes:
        """Seal what goes into quarantine."""
        return _seal(self._quarantine, value, _bound("quarantine", fingerprint))

    def open_record(self, sealed: bytes, fingerprint: str) -> bytes:
        """Open what lies in quarantine."""
        return _open(self._quarantine, sealed, _bound("quarantine", fingerprint))


def seal_fields(key: AESGCM, value: bytes, *place: str) -> bytes:
    """Seal a person's fields, bound to (tenant, person, kind, ref): moved elsewhere they do not open."""
    return _seal(key, value, _bound("record", *place))


def open_fields(key: AESGCM, sealed: bytes, *place: str) -> bytes:
    """Open a person's fields."""
    return _open(key, sealed, _bound("record", *place))


def _seal(key: AESGCM, value: bytes, bound: bytes) -> bytes:
    nonce = token_bytes(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, value, bound)


def _open(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


def _bound(*parts: str) -> bytes:
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
