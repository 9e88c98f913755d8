"""Is this somebody the scheme already works with? Keyed values to search by, and a score (engine.md section 7, R169).

Pure, and run inside the vault: of two people's details only the score and the names of agreeing fields come out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jellyfish

Details = Mapping[str, Any]
PROPOSE_AT = 60  # points of 100: a birth date and a surname do, a shared home and phone alone do not
SURE_AT = 90
ALIKE = 0.92
UK_CODE = "44"
POINTS: Mapping[str, int] = {
    "birth_date": 35,
    "family_name": 25,
    "given_name": 15,
    "postcode": 15,
    "phone": 10,
}
SWAPPED_POINTS = 25


def name_of(text: str) -> str:
    """A name as letters alone, without accents or case."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if letter.isalpha() and not unicodedata.combining(letter)).casefold()


def phone_of(text: str) -> str:
    """A phone number as digits in the national form."""
    digits = re.sub(r"\D", "", text)
    digits = digits.removeprefix("00") if digits.startswith(f"00{UK_CODE}") else digits
    return f"0{digits[len(UK_CODE) :].removeprefix('0')}" if digits.startswith(UK_CODE) else digits


def postcode_of(text: str) -> str:
    """A postcode in capitals, without its gap."""
    return "".join(text.split()).upper()


def reference_of(text: str) -> str:
    """A reference as letters and digits alone, in one case: it is read out on the telephone and typed by ear."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum()).casefold()


def swapped(birth_date: str) -> str | None:
    """The same date (ISO) with day and month exchanged; None where that is no other date."""
    if not birth_date:
        return None
    year, month, day = birth_date.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 and day != month else None  # noqa: PLR2004 - months of a year


def kept_values(details: Details) -> Iterator[tuple[str, str]]:
    """Kind and value of each thing that a person is found by.

    Whoever may score PROPOSE_AT shares one, if names begin alike. A birth date stands with how the surname begins, in
    letter and in sound: alone it would be shared by ever more people as cases grow, and it needs a second field to be a
    proposal.
    """
    yield from _with_birth_date(details, str(details.get("birth_date") or ""))
    postcode = postcode_of(str(details.get("postcode") or ""))
    if postcode:
        for beginning in _beginnings(details.get("given_name")):
            yield "postcode_and_beginning", f"{postcode}/{beginning}"
    phone = phone_of(str(details.get("phone") or ""))
    if phone:
        yield "phone", phone


def asked_values(details: Details) -> Iterator[tuple[str, str]]:
    """The same, and the birth date with day and month exchanged: a common slip of the pen."""
    yield from kept_values(details)
    yield from _with_birth_date(details, swapped(str(details.get("birth_date") or "")) or "")


def _with_birth_date(details: Details, birth_date: str) -> Iterator[tuple[str, str]]:
    if birth_date:
        for beginning in _beginnings(details.get("family_name")):
            yield "birth_date_and_beginning", f"{birth_date}/{beginning}"


def _beginnings(name: object) -> tuple[str, ...]:
    """How a name begins when it is spoken and when it is written: Knight as Night does, and Sharma as Sarma."""
    letters = name_of(str(name or ""))
    return tuple(sorted({jellyfish.metaphone(letters)[:1].casefold(), letters[:1]} - {""}))


def score(a: Details, b: Details) -> tuple[int, tuple[str, ...]]:
    """Points of 100 for how far two people's details agree, and which fields do; what one lacks counts nothing."""
    points = {field: _points(field, str(a.get(field) or ""), str(b.get(field) or "")) for field in POINTS}
    return sum(points.values()), tuple(field for field, won in points.items() if won)


def _points(field: str, one: str, other: str) -> int:
    if not one or not other:
        return 0
    if field == "birth_date":
        return _birth_points(one, other)
    return POINTS[field] if AGREE[field](one, other) else 0


def _birth_points(one: str, other: str) -> int:
    if one == other:
        return POINTS["birth_date"]
    return SWAPPED_POINTS if swapped(one) == other else 0


def _same_name(one: str, other: str) -> bool:
    """Spelt alike or nearly so: a name heard on the phone is written down in several ways."""
    left, right = name_of(one), name_of(other)
    if not left or not right:
        return False
    return left == right or jellyfish.jaro_winkler_similarity(left, right) >= ALIKE or _sounds_alike(left, right)


def _sounds_alike(left: str, right: str) -> bool:
    return bool(jellyfish.metaphone(left)) and jellyfish.metaphone(left) == jellyfish.metaphone(right)


AGREE: Mapping[str, Callable[[str, str], bool]] = {
    "family_name": _same_name,
    "given_name": _same_name,
    "postcode": lambda one, other: postcode_of(one) == postcode_of(other),
    "phone": lambda one, other: phone_of(one) == phone_of(other),
}
