"""By which values a person may be found again: normalised, then keyed; the values themselves are kept nowhere. Pure."""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256

from jellyfish import metaphone

Details = Mapping[str, object]


def kept_keys(secret: bytes, details: Details) -> tuple[tuple[str, bytes], ...]:
    """Return (kind, HMAC) of the values by which this person can be found."""
    return _keyed(secret, _values(details))


def asked_keys(secret: bytes, details: Details) -> tuple[tuple[str, bytes], ...]:
    """Return the same, and the birth date with day and month swapped: a common slip of the pen."""
    born = _birth_date(details)
    swapped = [("birth_date", _swapped(born))] if born and born.day <= 12 else []  # noqa: PLR2004 - months
    return _keyed(secret, (*_values(details), *swapped))


def _keyed(secret: bytes, values: Iterable[tuple[str, str]]) -> tuple[tuple[str, bytes], ...]:
    return tuple(
        dict.fromkeys((kind, hmac.digest(secret, f"{kind}\x00{value}".encode(), sha256)) for kind, value in values)
    )


def _values(details: Details) -> Iterator[tuple[str, str]]:
    born = _birth_date(details)
    surname, given = _letters(details.get("family_name")), _letters(details.get("given_name"))
    postcode = re.sub(r"[^A-Z0-9]", "", str(details.get("postcode") or "").upper())
    phone = _phone(details.get("phone"))
    if surname and born:
        yield "surname_and_year", f"{metaphone(surname) or surname}/{born.year}"
    if born:
        yield "birth_date", born.isoformat()
    if postcode and given:
        yield "postcode_and_initial", f"{postcode}/{given[0]}"
    if phone:
        yield "phone", phone


def _birth_date(details: Details) -> date | None:
    born = details.get("birth_date")
    if isinstance(born, date) or born is None:
        return born
    try:
        return date.fromisoformat(str(born))
    except ValueError:
        return None


def _swapped(born: date) -> str:
    return f"{born.year:04}-{born.day:02}-{born.month:02}"


def _letters(name: object) -> str:
    return "".join(letter for letter in str(name or "").casefold() if letter.isalpha())


def _phone(number: object) -> str:
    """The last ten digits: +44 7700 900123 and 07700 900123 are one number."""
    return re.sub(r"\D", "", str(number or ""))[-10:]
