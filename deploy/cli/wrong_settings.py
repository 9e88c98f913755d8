"""Settings that cannot be, in one line: each is named as the environment names it, with the remedy, never its value."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deploy.settings import Settings
from deploy.stack.settings_table import PREFIX, settings_rows
from schemas.problems import nearest

SETTINGS = "The settings are wrong:"
WORDS: Mapping[str, str] = {
    "int_parsing": "it must be a whole number",
    "int_type": "it must be a whole number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number",
    "bool_parsing": "it must be true or false",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "enum": "it must be {expected}",
    "missing": "it must be set as well",
    "dict_type": "it must be a JSON object with named options",
    "path_not_file": "there is no such file",
    "string_pattern_mismatch": "it must be one word without spaces",
    "value_error": "{error}",
}
# Read by commands themselves.
BESIDE = ("AMENDS_HOME", "AMENDS_INCIDENTS")
FIELD = re.compile(r'field "(\w+)"')


def wrong_settings(error: ValidationError) -> str:
    """Return the line for every setting that is wrong at once; those with one fault stand together."""
    named: dict[str, list[str]] = {}
    for found in error.errors(include_input=False, include_url=False):
        name, words = _one(found)
        named.setdefault(words, []).append(name)
    lines = (": ".join(filter(None, (", ".join(filter(None, names)), words))) for words, names in named.items())
    return f"{SETTINGS} {'; '.join(lines)}"


def names_astray(environment: Mapping[str, str]) -> str | None:
    """Return the line for names that are nearly a setting's: passed over in silence, they would look as if they held.

    What is behind a double underscore is told with the settings. What Kubernetes sets by itself for a service called
    amends-portal is none of ours.
    """
    known = (*(row[0] for row in settings_rows()), *BESIDE)
    wholes = {name.partition("__")[0] for name in known}
    ours = (name for name in sorted(environment) if name.startswith(PREFIX) and "://" not in environment[name])
    unknown = (name for name in ours if "__" not in name and name not in wholes)
    said = [f"there is no setting {name}; did you mean {near}?" for name in unknown if (near := nearest(name, known))]
    return f"{SETTINGS} {' '.join(said)}" if said else None


def not_one_setting(error: BaseException) -> str:
    """Return the line for a setting with parts, as AMENDS_DATABASE, that was set as if it had none."""
    field = FIELD.search(str(error))
    return f"{SETTINGS} {_has_parts(field.group(1))}" if field else SETTINGS


def _one(found: ErrorDetails) -> tuple[str, str]:
    """Return the setting's name, empty where the words hold it, and what is wrong with it."""
    place, context = found["loc"], found.get("ctx", {})
    if found["type"] in {"model_type", "model_attributes_type", "dict_type"} and len(place) == 1:
        return "", _has_parts(str(place[0]))
    if found["type"] == "extra_forbidden":
        return "", _no_such_setting(place)
    words = WORDS.get(found["type"], found["msg"]).format_map(context)
    return _name(place) if place else "", words


def _has_parts(field: str) -> str:
    name = _name((field,))
    parts = [row[0] for row in settings_rows() if row[0].startswith(f"{name}__")]
    return f"{name} has parts, each a setting of its own: {', '.join(parts[:4])}"


def _no_such_setting(place: Sequence[int | str]) -> str:
    part = Settings.model_fields[str(place[0])].annotation
    near = nearest(place[-1], _fields_of(part))
    return f"there is no setting {_name(place)}" + (f"; did you mean {_name((*place[:-1], near))}?" if near else "")


def _fields_of(annotation: Any) -> tuple[str, ...]:
    kinds = (annotation, *getattr(annotation, "__args__", ()))
    models = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return tuple(name for model in models for name in model.model_fields)


def _name(place: Sequence[int | str]) -> str:
    return f"AMENDS_{'__'.join(str(part) for part in place).upper()}"
