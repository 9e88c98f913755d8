"""The quick way past what is hardly ever wrong: it says yes surely, or nothing; then the slow way finds the fault.

Every answer here is also given by the slow way beside which it stands, and the tests hold the two together: reading a
message took nine tenths of its time to look for faults that it does not have.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

DEEPEST: Final = 32
LARGEST_WHOLE_NUMBER: Final = 2**53 - 1
"""Beyond it, with or without decimals, JSON readers disagree, and RFC 8785 has no form that reads the same."""

_ONE_FORM: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_SMALL: Final = re.compile(rb"[:,\[]-?[0-9.]+e")
_BEYOND_THE_PLANE: Final = re.compile(rb"[\xf0-\xf4]")


def is_sound(body: Any) -> bool:
    """Say whether a body surely has nothing that `parse` refuses; False says that it has to be looked for."""
    return _form(body) is not None


def quick_canonical(body: Mapping[str, object]) -> bytes | None:
    """Return the RFC 8785 form if that is surely the one which orjson writes, else None."""
    form = _form(body)
    return form if form is not None and _as_rfc8785(form) else None


def _form(body: Any) -> bytes | None:
    """Return the sorted form of a sound body; orjson refuses broken characters, and integers beyond 53 bits."""
    try:
        form = orjson.dumps(body, option=_ONE_FORM)
    except TypeError:
        return None
    return form if isinstance(body, dict) and _is_plain(body.values(), DEEPEST) else None


def _is_plain(values: Iterable[object], levels: int) -> bool:
    """Say whether these values are what JSON has, hold no huge number, and go so many levels deep at most."""
    return all(type(value) in _LEAVES or _is_sized(value, levels) for value in values)


def _is_sized(value: object, levels: int) -> bool:
    """Say the same of a value that may be too much of what it is."""
    if isinstance(value, float):
        return -LARGEST_WHOLE_NUMBER <= value <= LARGEST_WHOLE_NUMBER  # NaN lies between no bounds
    if not isinstance(value, dict | list):
        return False
    return not value or (levels > 1 and _is_plain(value.values() if isinstance(value, dict) else value, levels - 1))


_LEAVES: Final = frozenset({str, int, bool, type(None)})


def _as_rfc8785(form: bytes) -> bool:
    """Say whether the form has nothing that RFC 8785 may write otherwise; a text that looks like it is doubted too.

    That is: a whole number with decimals, an exponent, and characters beyond 16 bits, which sort otherwise in keys.
    """
    if b".0," in form or b".0}" in form or b".0]" in form or (b"e-" in form and _SMALL.search(form)):
        return False
    return form.isascii() or _BEYOND_THE_PLANE.search(form) is None
