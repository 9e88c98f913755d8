"""Forms from the commands themselves: one input a field, and back from what was typed to a command's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime
from starlette.datastructures import FormData

from schemas.commands import Command
from workflow.portal.bodies import whole_number
from workflow.portal.pages.words import STATED, option_words, words_of
from workflow.portal.wording import OUTCOME_WORDS, titled
from workflow.rules.calendar import LONDON

Option = tuple[str, str]
Choices = Mapping[str, tuple[Option, ...]]
SHORT = frozenset({"phone", "email", "message_id"})
NO_CHOICES: Choices = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field as a person fills it in."""

    name: str
    label: str
    kind: str
    required: bool
    help: str = ""
    options: tuple[Option, ...] = ()
    value: str = ""


def inputs_of(model: type[Command], choices: Choices = NO_CHOICES) -> tuple[Input, ...]:
    """Return the inputs of a command; nested parts keep their defaults and are left to the API.

    `choices` are what an id or a list is chosen from, by field. When something happened is asked last: it is seldom
    said.
    """
    found = [_input(model.__name__, name, field, choices) for name, field in model.model_fields.items()]
    inputs = [one for one in found if one is not None]
    return tuple(sorted(inputs, key=lambda one: one.name == "occurred_at"))


def data_of(model: type[Command], form: Mapping[str, Any]) -> dict[str, object]:
    """Return what was typed as a command's data; empty inputs are left out."""
    typed = {name: text for name in model.model_fields if (text := text_of(form, name))}
    return {name: _value(plain_type(model.model_fields[name].annotation), text) for name, text in typed.items()}


def text_of(form: Mapping[str, Any], name: str) -> str:
    """Return what was typed into a field, or all that was ticked there, one a line."""
    values = form.getlist(name) if isinstance(form, FormData) else [form.get(name, "")]
    return "\n".join(str(value) for value in values).strip()


def instant_of(text: str) -> str:
    """Return a local date and time with its offset; what is no such thing stays as it is, and is told of."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=LONDON).isoformat()
    except ValueError:
        return text


def _input(command: str, name: str, field: Any, choices: Choices) -> Input | None:
    annotation = plain_type(field.annotation)
    listed = listed_values(annotation)
    said = option_words(command, name)
    options = choices.get(name) or tuple((value, said.get(value, words)) for value, words in listed)
    kind = _kind(name, annotation, chosen=bool(options) or name in choices)
    if kind is None:
        return None
    stated = f"{command}.{name}" in STATED
    default = field.default if isinstance(field.default, str | bool | int) and not stated else ""
    label, hint = words_of(command, name)
    return Input(
        name=name,
        label=label,
        kind=kind,
        required=field.is_required() or stated,
        help=hint,
        options=options,
        value=str(default).lower() if isinstance(default, bool) else str(default),
    )


def _kind(name: str, annotation: Any, *, chosen: bool) -> str | None:
    if get_origin(annotation) is tuple:
        return "checks" if chosen else None
    if chosen:
        return "select"
    if annotation is datetime:
        return "datetime-local"
    if annotation is int:
        return "number"
    if annotation is UUID or name in SHORT:
        return "text"
    return "textarea" if annotation is str else None


def listed_values(annotation: Any) -> tuple[Option, ...]:
    """Return the values of a closed list, or of a list of such values, each with its words."""
    if get_origin(annotation) is tuple:
        annotation = plain_type(get_args(annotation)[0])
    if annotation is bool:
        return (("true", "Yes"), ("false", "No"))
    if get_origin(annotation) is Literal:
        return tuple((str(value), OUTCOME_WORDS.get(value) or titled(value)) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple((str(value), titled(value)) for value in annotation)
    return ()


def plain_type(annotation: Any) -> Any:
    """Return the type behind `X | None`, `Annotated` and pydantic's own kind of instant."""
    if annotation is AwareDatetime:
        return datetime
    if get_origin(annotation) is UnionType or NoneType in get_args(annotation):
        inner: Sequence[Any] = [one for one in get_args(annotation) if one is not NoneType]
        return plain_type(inner[0]) if inner else annotation
    return plain_type(annotation.__origin__) if hasattr(annotation, "__metadata__") else annotation


def _value(annotation: Any, text: str) -> object:
    if annotation is bool:
        return {"true": True, "false": False}.get(text, text)
    if annotation is int and (number := whole_number(text)) is not None:
        return number
    if annotation is datetime:
        return instant_of(text)
    if get_origin(annotation) is tuple:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text
