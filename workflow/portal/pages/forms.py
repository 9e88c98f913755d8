"""Forms from the commands themselves: one input a field, and back from what was typed to a command's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime
from starlette.datastructures import FormData

from schemas.commands import Command
from workflow.case.case import Case
from workflow.portal.bodies import whole_number
from workflow.portal.wording import plain, titled
from workflow.rules.calendar import LONDON, local

Option = tuple[str, str]
SHORT = frozenset({"slot", "site", "provider", "caseworker", "remedy", "phone", "email"})
CHOSEN = frozenset({"session", "affected", "other_case_id"})
LABELS: Mapping[str, str] = MappingProxyType({"fields": "What to ask for", "occurred_at": "When"})
NO_CHOICES: Mapping[str, tuple[Option, ...]] = MappingProxyType({})


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


def inputs_of(
    model: type[Command], case: Case, choices: Mapping[str, tuple[Option, ...]] = NO_CHOICES
) -> tuple[Input, ...]:
    """Return the inputs of a command; nested parts keep their defaults and are left to the API.

    `choices` are what a list is chosen from, by field. When something happened is asked last: it is seldom said.
    """
    found = [_input(name, field, case) for name, field in model.model_fields.items()]
    inputs = [one if one.name not in choices else _chosen(one, choices[one.name]) for one in found if one is not None]
    return tuple(sorted(inputs, key=lambda one: one.name == "occurred_at"))


def data_of(model: type[Command], form: Mapping[str, Any]) -> dict[str, object]:
    """Return what was typed as a command's data; empty inputs are left out."""
    typed = {name: text for name in model.model_fields if (text := text_of(form, name))}
    return {name: _value(_plain_type(model.model_fields[name].annotation), text) for name, text in typed.items()}


def text_of(form: Mapping[str, Any], name: str) -> str:
    """Return what was typed into a field, or all that was ticked there, one a line."""
    values = form.getlist(name) if isinstance(form, FormData) else [form.get(name, "")]
    return "\n".join(str(value) for value in values).strip()


def _chosen(one: Input, options: tuple[Option, ...]) -> Input:
    return replace(one, kind="checks", options=options, help="")


def instant_of(text: str) -> str:
    """Return a local date and time with its offset; what is no such thing stays as it is, and is told of."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=LONDON).isoformat()
    except ValueError:
        return text


def _input(name: str, field: Any, case: Case) -> Input | None:
    annotation = _plain_type(field.annotation)
    options = _options(name, annotation, case)
    kind = "select" if options else _kind(name, annotation)
    if kind is None:
        return None
    default = "" if field.is_required() or field.default is None else str(field.default).lower()
    return Input(
        name=name,
        label=LABELS.get(name) or titled(name),
        kind=kind,
        required=field.is_required(),
        # A token is described for machines; people choose from a list.
        help="" if name in CHOSEN else field.description or "",
        options=options,
        value=default,
    )


def _kind(name: str, annotation: Any) -> str | None:
    if annotation is datetime:
        return "datetime-local"
    if annotation is int:
        return "number"
    if annotation is UUID or name in SHORT:
        return "text"
    if annotation is str:
        return "textarea"
    return "lines" if _is_lines(annotation) else None


def _is_lines(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and _plain_type(get_args(annotation)[0]) is str


def _options(name: str, annotation: Any, case: Case) -> tuple[Option, ...]:
    if name == "session":
        return tuple(
            (str(one.id), f"{plain(one.activity)}, {local(one.starts_at):%d %b %H:%M}") for one in case.sessions
        )
    if name == "affected":
        return tuple((str(one.token), f"{plain(one.kind)} {n}") for n, one in enumerate(case.affected, start=1))
    if name == "other_case_id":
        return tuple((str(one.other_case), f"case {one.other_case}") for one in case.matches)
    return _listed(annotation)


def _listed(annotation: Any) -> tuple[Option, ...]:
    if annotation is bool:
        return (("true", "Yes"), ("false", "No"))
    if get_origin(annotation) is Literal:
        return tuple((str(value), titled(value)) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple((str(value), titled(value)) for value in annotation)
    return ()


def _plain_type(annotation: Any) -> Any:
    """Return the type behind `X | None`, `Annotated` and pydantic's own kind of instant."""
    if annotation is AwareDatetime:
        return datetime
    if get_origin(annotation) is UnionType or NoneType in get_args(annotation):
        inner: Sequence[Any] = [one for one in get_args(annotation) if one is not NoneType]
        return _plain_type(inner[0]) if inner else annotation
    return _plain_type(annotation.__origin__) if hasattr(annotation, "__metadata__") else annotation


def _value(annotation: Any, text: str) -> object:
    if annotation is bool:
        return text == "true"
    if annotation is int and (number := whole_number(text)) is not None:
        return number
    if annotation is datetime:
        return instant_of(text)
    if _is_lines(annotation):
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text
