"""What is wrong with a message, told so that its sender can mend it: field, fault, remedy, never the value."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

MOST_PROBLEMS = 100
"""A sender mends a hundred faults before he reads the next; more would only let one message cost much."""

LONGEST_COMPARED = 64
WORTH_COMPARING, NEAR_ENOUGH, CLEARLY_NEARER = 0.6, 0.75, 0.125
"""Likeness runs from 0 to 1; a transposed pair of letters in a word of ten leaves 0.9."""

SHORT_LIST = 20
KEY_FIT_TO_SHOW = re.compile(r"[a-z][A-Za-z_]{0,39}")
EXPECTED_VALUE = re.compile(r"'([^']*)'")

_NOT_A_MOMENT = (
    "not_a_moment",
    "{field} is not a date with a time; write it like 2026-06-09T16:10:00+01:00.",
)
_NOT_A_DAY = ("not_a_date", "{field} is not a date; write it like 2026-06-09.")
_NOT_WHOLE = ("not_a_whole_number", "{field} must be a whole number; write it without quotes or decimals.")
_NOT_A_NUMBER = ("not_a_number", "{field} must be a number; write it without quotes.")
_NOT_A_UUID = ("not_a_uuid", "{field} is not a UUID; write 32 hexadecimal digits in the usual five groups.")
_NOT_AN_OBJECT = ("not_an_object", "{field} must be an object with named fields.")

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("missing", "{field} is missing; add it."),
        "string_type": ("not_text", "{field} must be text; put it in quotes."),
        "string_too_long": ("too_long", "{field} is longer than {max_length} characters; shorten it."),
        "string_too_short": ("empty", "{field} is empty; fill it in or leave the field out."),
        "string_unicode": ("not_unicode", "{field} holds broken characters; send it as valid Unicode."),
        "uuid_parsing": _NOT_A_UUID,
        "uuid_type": _NOT_A_UUID,
        "int_type": _NOT_WHOLE,
        "float_type": _NOT_A_NUMBER,
        "finite_number": _NOT_A_NUMBER,
        "bool_type": ("not_yes_or_no", "{field} must be true or false, without quotes."),
        "greater_than": ("too_small", "{field} must be more than {gt}; correct it."),
        "greater_than_equal": ("too_small", "{field} must be at least {ge}; correct it."),
        "less_than_equal": ("too_large", "{field} must be at most {le}; correct it."),
        "tuple_type": ("not_a_list", "{field} must be a list."),
        "too_long": ("too_many", "{field} may hold at most {max_length} entries; send fewer."),
        "model_type": _NOT_AN_OBJECT,
        "datetime_parsing": _NOT_A_MOMENT,
        "datetime_from_date_parsing": _NOT_A_MOMENT,
        "datetime_type": _NOT_A_MOMENT,
        "date_parsing": _NOT_A_DAY,
        "date_from_datetime_parsing": _NOT_A_DAY,
        "date_type": _NOT_A_DAY,
    }
)
EMPTY_AND_NEEDED = ("empty", "{field} is empty; fill it in.")
OTHERWISE = ("not_valid", "{field} is not what the contract asks for; compare it with the published schema.")

Place = tuple[str | int, ...]


class Problem(BaseModel):
    """One fault of a message: where it is (RFC 6901), a stable code, and a sentence that names the remedy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pointer: str = Field(description="JSON pointer (RFC 6901) to the field; empty for the whole message.")
    code: str = Field(description="Stable name of the fault, for machines.")
    message: str = Field(description="Field, fault and remedy in one sentence; never the value that was sent.")


def broken(code: str, sentence: str) -> PydanticCustomError:
    """Return the error a field's own rule raises; `{field}` in the sentence stands for the field's name."""
    return PydanticCustomError("broken_rule", "a rule of the contract is broken", {"code": code, "sentence": sentence})


def problem_at(place: Place, code: str, sentence: str) -> Problem:
    """Return the problem at a place; `{field}` in the sentence stands for the field's name."""
    return Problem(pointer=pointer_to(place), code=code, message=sentence.replace("{field}", name_of(place)))


def pointer_to(place: Place) -> str:
    """Return the JSON pointer to a place, escaped as RFC 6901 says."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


def name_of(place: Place) -> str:
    """Return a place as people read it: affected_people[0].phone."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).lstrip(".") or "The message"


def problems_of(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Return one problem for each fault that pydantic found, a hundred at most, none of them holding a sent value."""
    details = error.errors(include_url=False)
    problems = tuple(dict.fromkeys(_problem(detail, model) for detail in details[:MOST_PROBLEMS]))
    if len(details) > MOST_PROBLEMS:
        rest = problem_at((), "too_many_problems", "{field} has more problems than are listed; mend these first.")
        return (*problems, rest)
    return problems


def nearest(sent: object, known: tuple[str, ...]) -> str | None:
    """Return the known word that was surely meant, or none; case, spaces and hyphens do not count.

    A word that lies far off, or nearly as near to another known one, is no slip of the pen: "crime" is neither door.
    """
    if not isinstance(sent, str) or len(sent) > LONGEST_COMPARED:
        return None
    meant, folded = _folded(sent), {_folded(word): word for word in known}
    found = get_close_matches(meant, tuple(folded), n=2, cutoff=WORTH_COMPARING)
    likeness, other = [*(_likeness(meant, word) for word in found), 0.0, 0.0][:2]
    is_clear = likeness == 1 or likeness - other >= CLEARLY_NEARER
    return folded[found[0]] if likeness >= NEAR_ENOUGH and is_clear else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _folded(word: str) -> str:
    """Return the letters and digits of a word in lower case."""
    return "".join(character for character in word.casefold() if character.isalnum())


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    """Return the problem that one of pydantic's errors describes."""
    place, context = detail["loc"], detail.get("ctx", {})
    if detail["type"] == "broken_rule":
        return problem_at(place, context["code"], context["sentence"])
    if detail["type"] == "extra_forbidden":
        return _unknown_field(place, model)
    if detail["type"] == "enum":
        return unknown_value(place, detail["input"], context["expected"])
    code, sentence = SENTENCES.get(detail["type"], OTHERWISE)
    if code == "empty" and _is_needed(place, model):
        code, sentence = EMPTY_AND_NEEDED
    return problem_at(place, code, filled(sentence, context))


def filled(sentence: str, context: Mapping[str, Any]) -> str:
    """Return the sentence with the limits of the rule in it; the context of a listed type holds nothing else."""
    return sentence.format_map({**context, "field": "{field}"})


def _unknown_field(place: Place, model: type[BaseModel]) -> Problem:
    """Name the nearest known field; a key that could itself be a person's detail is not repeated."""
    parent, key = place[:-1], str(place[-1])
    known = _fields_at(model, parent)
    near = nearest(key, known)
    remedy = f"did you mean {near}?" if near else f"take it out. Known here: {', '.join(known)}."
    if KEY_FIT_TO_SHOW.fullmatch(key):
        return problem_at(place, "unknown_field", f"{{field}} is not a field of the contract; {remedy}")
    return problem_at(parent, "unknown_field", f"{{field}} holds a field that the contract does not know; {remedy}")


def unknown_value(place: Place, sent: object, expected: str) -> Problem:
    """Name the nearest known value, or all of a short list; never the value that was sent."""
    known = tuple(EXPECTED_VALUE.findall(expected))
    near = nearest(sent, known)
    if near:
        remedy = f"did you mean {near}?"
    elif len(known) <= SHORT_LIST:
        remedy = f"use one of {', '.join(known)}."
    else:
        remedy = "use one of those in the published schema."
    return problem_at(place, "unknown_value", f"{{field}} is not one of the known values; {remedy}")


def _is_needed(place: Place, model: type[BaseModel]) -> bool:
    """Whether the field cannot be left out; an entry of a list always can."""
    *parent, last = place
    return isinstance(last, str) and _field_called(_model_at(model, parent), last).is_required()


def _fields_at(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """Return the wire names of the fields of the part that stands at a place of the model."""
    return tuple(field.alias or name for name, field in _model_at(model, place).model_fields.items())


def _model_at(model: type[BaseModel], place: Iterable[str | int]) -> type[BaseModel]:
    """Return the part of the model that stands at a place."""
    for step in place:
        if isinstance(step, str):
            model = _models_in(_field_called(model, step).annotation)[0]
    return model


def _field_called(model: type[BaseModel], wire_name: str) -> FieldInfo:
    """Return the field with this name on the wire."""
    return next(field for name, field in model.model_fields.items() if (field.alias or name) == wire_name)


def _models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that an annotation such as `tuple[Part, ...] | None` speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for inner in get_args(annotation) for model in _models_in(inner))
