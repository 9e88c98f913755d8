"""By which keyed values a person or a referral may be found again; the values are kept nowhere. Pure."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from schemas.referrals.parts import REFERENCES
from workflow.rules.matching import Details, asked_values, kept_values, reference_of

Keys = tuple[tuple[str, bytes], ...]
# The kind of record by which a participant is found again, the kind by which a referral is, and the latter's keys.
SEARCHED, IDENTIFIERS, REFERENCE = "participant", "identifiers", "reference"


def kept_keys(secret: bytes, details: Details) -> Keys:
    """Return (kind, HMAC) of the values by which this person can be found."""
    return _keyed(secret, kept_values(details))


def asked_keys(secret: bytes, details: Details) -> Keys:
    """Return (kind, HMAC) of the values by which others are looked for."""
    return _keyed(secret, asked_values(details))


def reference_keys(secret: bytes, details: Details) -> Keys:
    """Return (kind, HMAC) of the references by which a referral can be found."""
    said = (reference_of(str(details.get(name) or "")) for name in REFERENCES)
    return _keyed(secret, ((REFERENCE, one) for one in said if one))


def asked_reference(secret: bytes, text: str) -> bytes | None:
    """Return the HMAC of a reference as somebody says it; None where there is nothing in it to go by."""
    return next((digest for _, digest in reference_keys(secret, {REFERENCES[0]: text})), None)


def _keyed(secret: bytes, values: Iterable[tuple[str, str]]) -> Keys:
    keyed = ((kind, hmac.digest(secret, f"{kind}\x00{value}".encode(), sha256)) for kind, value in values)
    return tuple(dict.fromkeys(keyed))


# Kind of vault record -> the keys by which it is found; records of other kinds are found by their person alone.
KEYS: Mapping[str, Callable[[bytes, Details], Keys]] = {SEARCHED: kept_keys, IDENTIFIERS: reference_keys}
