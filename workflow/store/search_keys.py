"""By which keyed values a person may be found again; the values themselves are kept nowhere. Pure."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from workflow.rules.matching import Details, asked_values, kept_values

Keys = tuple[tuple[str, bytes], ...]


def kept_keys(secret: bytes, details: Details) -> Keys:
    """Return (kind, HMAC) of the values by which this person can be found."""
    return _keyed(secret, kept_values(details))


def asked_keys(secret: bytes, details: Details) -> Keys:
    """Return (kind, HMAC) of the values by which others are looked for."""
    return _keyed(secret, asked_values(details))


def _keyed(secret: bytes, values: Iterable[tuple[str, str]]) -> Keys:
    keyed = ((kind, hmac.digest(secret, f"{kind}\x00{value}".encode(), sha256)) for kind, value in values)
    return tuple(dict.fromkeys(keyed))
