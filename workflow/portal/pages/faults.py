"""Problems of a message, told to a person who filled in a form: by labels and in its words, each with its field."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from workflow.portal.asking import DATA

# Code of a problem -> what it means on a form; the others keep their sentence, with labels for the names of fields.
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "{label}: this is needed.",
        "empty": "{label}: this is needed.",
        "limitation_date_missing": "{label}: this is needed where there is a limit on a known day.",
        "not_a_moment": "{label}: give a date with a time, for example 09/06/2026 16:10.",
        "not_a_date": "{label}: give a date, for example 09/06/2026.",
        "not_a_whole_number": "{label}: give a whole number, for example 600.",
        "in_the_future": "{label}: this lies in the future. Correct the date.",
        "not_yes_or_no": "{label}: choose yes or no.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form: its JSON pointer in the message, its id on the page, its label, and words of its values."""

    pointer: str
    id: str
    label: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong; `field` is the id of the input it stands by, empty where no single one is at fault."""

    field: str
    message: str


def needed(field: str, label: str) -> Fault:
    """Return the fault of a field that was left empty."""
    return Fault(field=field, message=SENTENCES["missing"].format(label=label))


def faults_of(problems: Iterable[Mapping[str, str]], fields: Sequence[Field]) -> tuple[Fault, ...]:
    """Return every problem as the form says it, in the order of the form's fields; those of no field come last."""
    places = {field.pointer: at for at, field in enumerate(fields)}
    found = [_fault(problem, fields) for problem in problems]
    at = {fields[place].id: place for place in places.values()}
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: at.get(fault.field, len(fields))))


def by_field(faults: Iterable[Fault]) -> defaultdict[str, str]:
    """Return the message that stands beside each field, empty where nothing is wrong."""
    return defaultdict(str, {fault.field: fault.message for fault in faults if fault.field})


def _fault(problem: Mapping[str, str], fields: Sequence[Field]) -> Fault:
    """A part that is missing as a whole is told at the first of its fields."""
    pointer = problem["pointer"]
    field = next((one for one in fields if one.pointer == pointer or one.pointer.startswith(f"{pointer}/")), None)
    if field is None or not pointer:
        return Fault(field="", message=_said(problem["message"], fields))
    sentence = SENTENCES.get(problem["code"])
    if sentence is not None:
        return Fault(field=field.id, message=sentence.format(label=field.label))
    return Fault(field=field.id, message=_said(problem["message"], fields, field.options))


def _said(message: str, fields: Sequence[Field], options: Sequence[tuple[str, str]] = ()) -> str:
    """Put labels in place of the names of fields, and words in place of the values of the field's list."""
    for field in sorted(fields, key=lambda one: -len(_name(one))):
        # A plain word such as "door" names the field only where the sentence begins with it.
        begins = r"(?<![\w.])" if re.search(r"\W|_", _name(field)) else "^"
        message = re.sub(rf"{begins}{re.escape(_name(field))}(?![\w.]\w)", f"“{field.label}”", message)
    for value, words in options:
        message = re.sub(rf"(?<![\w“]){re.escape(value)}(?!\w)", f"“{words}”", message)
    return message


def _name(field: Field) -> str:
    """A field as problems name it: affected_people[0].phone."""
    return re.sub(r"/(\d+)", r"[\1]", field.pointer.removeprefix(DATA)).strip("/").replace("/", ".")
