"""Bytes to a JSON object that can be kept and compared, or one reason why not; nothing of the bytes is repeated."""

import json
import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn

import rfc8785

LARGEST_BODY: Final = 1024 * 1024
"""Bytes; a referral with fifty affected people takes a twentieth of it."""

DEEPEST: Final = 32
LARGEST_WHOLE_NUMBER: Final = 2**53 - 1
"""Beyond it JSON readers disagree, and RFC 8785 knows no canonical form."""


class UnreadableReason(StrEnum):
    """Why bytes could not be read as a message."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    REPEATED_KEY = "repeated_key"
    TOO_DEEP = "too_deep"
    BROKEN_CHARACTERS = "broken_characters"
    NOT_A_NUMBER = "not_a_number"
    NUMBER_TOO_LARGE = "number_too_large"


REMEDIES: Final[Mapping[UnreadableReason, str]] = MappingProxyType(
    {
        UnreadableReason.TOO_LARGE: "The message is larger than 1 MiB; send less text.",
        UnreadableReason.NOT_UTF8: "The message is not UTF-8; encode it so.",
        UnreadableReason.NOT_JSON: "The message is not JSON; send one JSON object.",
        UnreadableReason.NOT_AN_OBJECT: "The message must be one JSON object with named fields.",
        UnreadableReason.REPEATED_KEY: "The message names a field twice in one object; send each field once.",
        UnreadableReason.TOO_DEEP: "The message is nested deeper than 32 levels; follow the published schema.",
        UnreadableReason.BROKEN_CHARACTERS: "The message holds half of a character pair; send valid Unicode.",
        UnreadableReason.NOT_A_NUMBER: "The message holds NaN or Infinity; leave such fields out.",
        UnreadableReason.NUMBER_TOO_LARGE: "The message holds a number beyond what JSON can keep; correct it.",
    }
)


class Unreadable(ValueError):
    """Bytes that are no message; carries the reason and the remedy, never the bytes."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(REMEDIES[reason])
        self.reason = reason
        self.remedy = REMEDIES[reason]


def parse_body(raw: bytes) -> Mapping[str, object]:
    """Return the JSON object that the bytes spell; raise Unreadable with the first reason found."""
    if len(raw) > LARGEST_BODY:
        raise Unreadable(UnreadableReason.TOO_LARGE)
    body, fault = _loaded(raw)
    if fault is None and not isinstance(body, dict):
        fault = UnreadableReason.NOT_AN_OBJECT
    fault = fault or next(_faults_within(body), None)
    if fault is not None:
        raise Unreadable(fault)
    return body  # type: ignore[no-any-return]  # what is no dict has raised above


def canonical(body: Mapping[str, object]) -> bytes:
    """Return the RFC 8785 form, equal for equal bodies; raise Unreadable where there is none."""
    form, fault = b"", next(_faults_within(body), None)
    if fault is None:
        try:
            form = rfc8785.dumps(dict(body))  # type: ignore[arg-type]  # it refuses by itself what JSON cannot hold
        except rfc8785.FloatDomainError:
            fault = UnreadableReason.NOT_A_NUMBER
        except rfc8785.IntegerDomainError:
            fault = UnreadableReason.NUMBER_TOO_LARGE
        except rfc8785.CanonicalizationError:
            fault = UnreadableReason.NOT_JSON
    if fault is not None:
        raise Unreadable(fault)
    return form


def _loaded(raw: bytes) -> tuple[Any, UnreadableReason | None]:
    """Return what the bytes spell, or the fault; raised by the caller, so that no error drags the text along."""
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_once_each, parse_int=_whole, parse_float=_finite, parse_constant=_not_a_number
        ), None
    except Unreadable as unreadable:
        return None, unreadable.reason
    except UnicodeDecodeError:
        return None, UnreadableReason.NOT_UTF8
    except RecursionError:
        return None, UnreadableReason.TOO_DEEP
    except ValueError:
        return None, UnreadableReason.NOT_JSON


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise Unreadable(UnreadableReason.REPEATED_KEY)
    return named


def _whole(digits: str) -> int:
    if len(digits) > len(str(-LARGEST_WHOLE_NUMBER)) or abs(int(digits)) > LARGEST_WHOLE_NUMBER:
        raise Unreadable(UnreadableReason.NUMBER_TOO_LARGE)
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unreadable(UnreadableReason.NUMBER_TOO_LARGE)
    return number


def _not_a_number(_name: str) -> NoReturn:
    raise Unreadable(UnreadableReason.NOT_A_NUMBER)


def _faults_within(body: object) -> Iterator[UnreadableReason]:
    """Yield what is wrong inside; walks without recursion, so that depth itself can do no harm."""
    waiting: list[tuple[object, int]] = [(body, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str) and not _is_unicode(value):
            yield UnreadableReason.BROKEN_CHARACTERS
        inner = _inner(value)
        if inner and depth > DEEPEST:
            yield UnreadableReason.TOO_DEEP
            return
        waiting.extend((one, depth + 1) for one in inner)


def _inner(value: object) -> list[object]:
    """Return the keys and values of an object or the entries of a list."""
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, list) else []


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
