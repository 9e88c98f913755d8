"""Reading what arrives: bodies with a limit, ids, versions and cursors; a fault names its place and the remedy."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request

from schemas.referrals.parse import LARGEST_BODY, REMEDIES, UnreadableReason
from schemas.referrals.reading import Unreadable, parse_body
from workflow.portal.errors import ProblemError, contract_broken

ANY_VERSION = "*"


async def json_body(request: Request) -> Mapping[str, object]:
    """Return the JSON object of the body; no more of it is read than a message may hold."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise _unreadable(UnreadableReason.TOO_LARGE)
    try:
        return parse_body(bytes(raw))
    except Unreadable as fault:
        raise _unreadable(fault.reason) from None


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
    if not plain.isdecimal():
        raise contract_broken([_problem("/If-Match", "not_a_version", 'If-Match must be a version, as "7", or *.')])
    return int(plain)


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
        return datetime.fromisoformat(start), slot
    except ValueError:
        raise _bad_cursor() from None


def _opened(cursor: str) -> list[str]:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|", 1)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _bad_cursor() from None


def _bad_cursor() -> ProblemError:
    return contract_broken([_problem("/cursor", "not_a_cursor", "cursor is not one of ours; take `next` of a page.")])


def _unreadable(reason: UnreadableReason) -> ProblemError:
    return ProblemError("unreadable", detail=REMEDIES[reason], reason=str(reason))


def _problem(pointer: str, code: str, message: str) -> dict[str, Any]:
    return {"pointer": pointer, "code": code, "message": message}
