"""Bytes to a JSON object that can be kept and compared, or one reason why not; nothing of the bytes is repeated."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn

import rfc8785

from schemas.referrals.quick import DEEPEST, LARGEST_WHOLE_NUMBER, is_sound, quick_canonical

LARGEST_BODY: Final = 1024 * 1024
"""Bytes; a referral with fifty affected people takes a twentieth of it."""

MOST_COMMAS: Final = 20_000
"""Each value but the first of a list or an object costs a comma: a whole megabyte of small ones would cost seconds."""

HALF_A_PAIR: Final = re.compile("[\ud800-\udfff]")


class UnreadableReason(StrEnum):
    """Why bytes could not be read as a message."""

    TOO_LARGE = "too_large"
    TOO_MANY_VALUES = "too_many_values"
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
        UnreadableReason.TOO_MANY_VALUES: "The message holds more values than any message needs; send fewer.",
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
    if raw.count(b",") > MOST_COMMAS:
        raise Unreadable(UnreadableReason.TOO_MANY_VALUES)
    body, fault = _loaded(raw)
    if fault is None and is_sound(body):
        return body  # type: ignore[no-any-return]  # only an object is sound
    if fault is None and not isinstance(body, dict):
        fault = UnreadableReason.NOT_AN_OBJECT
    raise Unreadable(fault or next(_faults_within(body), UnreadableReason.NOT_JSON))


def canonical(body: Mapping[str, object]) -> bytes:
    """Return the RFC 8785 form, equal for equal bodies; raise Unreadable where there is none."""
    return quick_canonical(body) or slow_canonical(body)


def slow_canonical(body: Mapping[str, object]) -> bytes:
    """Return the same by the obvious way, value by value."""
    form, fault = b"", next(_faults_within(body), None)
    if fault is None:
        try:
            form = rfc8785.dumps(dict(body))  # type: ignore[arg-type]  # it refuses by itself what JSON cannot hold
        except rfc8785.CanonicalizationError:
            fault = UnreadableReason.NOT_JSON
    if fault is not None:
        raise Unreadable(fault)
    return form


def nested_too_deep(body: object) -> bool:
    """Say whether a body goes deeper than anything that walks it by recursion could bear."""
    return any(fault is UnreadableReason.TOO_DEEP for fault in _faults_within(body))


def _loaded(raw: bytes) -> tuple[Any, UnreadableReason | None]:
    """Return what the bytes spell, or the fault; raised by the caller, so that no error drags the text along."""
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once_each, parse_int=_whole, parse_constant=_not_a_number), None
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
    """Refuse long numbers before Python would: it turns no more than 4300 digits into a number."""
    if len(digits) > len(str(-LARGEST_WHOLE_NUMBER)):
        raise Unreadable(UnreadableReason.NUMBER_TOO_LARGE)
    return int(digits)


def _not_a_number(_name: str) -> NoReturn:
    raise Unreadable(UnreadableReason.NOT_A_NUMBER)


def _faults_within(body: object) -> Iterator[UnreadableReason]:
    """Yield what is wrong inside; walks without recursion, so that depth itself can do no harm."""
    waiting: list[tuple[object, int]] = [(dict(body) if isinstance(body, Mapping) else body, 1)]
    while waiting:
        value, depth = waiting.pop()
        if (fault := _fault_of(value)) is not None:
            yield fault
        inner = _inner(value)
        if inner and depth > DEEPEST:
            yield UnreadableReason.TOO_DEEP
        waiting.extend((one, depth + 1) for one in inner)


def _fault_of(value: object) -> UnreadableReason | None:
    """Return what is wrong with one value, whatever it holds."""
    if isinstance(value, str) and HALF_A_PAIR.search(value):
        return UnreadableReason.BROKEN_CHARACTERS
    if isinstance(value, float) and math.isnan(value):
        return UnreadableReason.NOT_A_NUMBER
    if isinstance(value, int | float) and abs(value) > LARGEST_WHOLE_NUMBER:
        return UnreadableReason.NUMBER_TOO_LARGE
    return None


def _inner(value: object) -> list[object]:
    """Return the keys and values of an object or the entries of a list."""
    if isinstance(value, list):
        return value
    return [*value.keys(), *value.values()] if isinstance(value, dict) else []
