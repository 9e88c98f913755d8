"""Reading what arrives: bodies with a limit, ids, versions and cursors; a fault names its place and the remedy."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request

from schemas.referrals.fields import EARLIEST_YEAR, LATEST_YEAR
from schemas.referrals.parse import REMEDIES
from schemas.referrals.reading import Unreadable, parse_body
from workflow.portal.errors import ProblemError, contract_broken

ANY_VERSION = "*"
JSON, PLAIN = "application/json", "identity"
LONGEST_KEY = 200
MOST_DIGITS = 16
"""As many as the largest number has that JSON keeps; Python itself refuses to read more than 4300."""


async def json_body(request: Request) -> Mapping[str, object]:
    """Return the JSON object of the body; one that is packed or says that it is something else is not looked into."""
    headers = request.headers
    kind = headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if headers.get("content-encoding", PLAIN).lower() != PLAIN or not (kind == JSON or kind.endswith("+json")):
        raise ProblemError("unsupported", detail="Send JSON as application/json, and send it unpacked.")
    try:
        return parse_body(await request.body())
    except Unreadable as fault:
        raise ProblemError("unreadable", detail=REMEDIES[fault.reason], reason=str(fault.reason)) from None


def command_parts(body: Mapping[str, object], place: str = "") -> tuple[str, Mapping[str, object]]:
    """Return type and data of a command, or raise one entry for each that is not what it must be."""
    name, data = body.get("type"), body.get("data", {})
    problems = []
    if not isinstance(name, str):
        problems.append(_problem(f"{place}/type", "missing", "type is missing; name a command of the catalogue."))
    if not isinstance(data, Mapping):
        problems.append(_problem(f"{place}/data", "not_an_object", "data must be an object with named fields."))
    if problems or not isinstance(name, str) or not isinstance(data, Mapping):
        raise contract_broken(problems)
    return name, data


def required_version(request: Request) -> int | None:
    """Return the version of If-Match (None for any), or say that it is missing."""
    tag = request.headers.get("if-match")
    if tag is None:
        raise ProblemError("version_missing")
    return version_of(tag)


def version_of(tag: str) -> int | None:
    """Return the version that an entity tag or a plain number names; `*` is any."""
    plain = tag.strip().removeprefix("W/").strip('"')
    if plain == ANY_VERSION:
        return None
    number = whole_number(plain)
    if number is None or number < 0:
        raise contract_broken([_problem("/If-Match", "not_a_version", 'If-Match must be a version, as "7", or *.')])
    return number


def whole_number(text: str) -> int | None:
    """Return the whole number that a text spells, or None; one too long for any of ours is none."""
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def plausible_instant(instant: datetime | None, name: str) -> datetime | None:
    """Return an instant of an address, if one was given; it needs its offset and a year that can be right."""
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ProblemError("parameters_wrong", detail=f"{name} must carry its offset from UTC.")
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        raise ProblemError("parameters_wrong", detail=f"{name} has a year that cannot be right.")
    return instant


def own_key(sent: object) -> str | None:
    """Return the caller's own id for one of many commands, if he gave one."""
    if sent is None:
        return None
    if not isinstance(sent, str) or not 0 < len(sent) <= LONGEST_KEY or "\0" in sent:
        words = f"idempotency_key must be text of 1 to {LONGEST_KEY} characters."
        raise contract_broken([_problem("/idempotency_key", "not_a_key", words)])
    return sent


def uuid_of(text: str) -> UUID | None:
    """Return the id that a piece of an address spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def cursor_of(*parts: object) -> str:
    """Return an opaque cursor to go on after."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def after_id(cursor: str | None) -> UUID | None:
    """Return the id that a page begins after."""
    if cursor is None:
        return None
    found = uuid_of(_opened(cursor)[0])
    if found is None:
        raise _bad_cursor()
    return found


def after_start(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the start and id that a page of slots begins after."""
    if cursor is None:
        return None
    try:
        start, slot = _opened(cursor)
        instant = plausible_instant(datetime.fromisoformat(start), "cursor")
    except ValueError:
        raise _bad_cursor() from None
    return (instant, slot) if instant else None


def _opened(cursor: str) -> list[str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _bad_cursor() from None
    if "\0" in text:
        raise _bad_cursor()
    return text.split("|", 1)


def _bad_cursor() -> ProblemError:
    return contract_broken([_problem("/cursor", "not_a_cursor", "cursor is not one of ours; take `next` of a page.")])


def _problem(pointer: str, code: str, message: str) -> dict[str, Any]:
    return {"pointer": pointer, "code": code, "message": message}
