"""As much of JSON Schema 2020-12 as our documents use; a word that it does not know is an error, not passed over."""

import re
from datetime import date, datetime
from uuid import UUID

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
FORMATS = {"uuid": UUID, "date-time": datetime.fromisoformat, "date": date.fromisoformat}
ABOUT = {"title", "description", "default", "examples", "$comment", "discriminator"}
# Words that say nothing about values of another kind.
APPLIES = {"items": list, "minItems": list, "maxItems": list, "uniqueItems": list, "propertyNames": dict}
APPLIES |= dict.fromkeys(("format", "minLength", "maxLength", "pattern"), str)
APPLIES |= dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), (int, float))
BOUNDS = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "minLength": lambda value, bound: len(value) >= bound,
    "maxLength": lambda value, bound: len(value) <= bound,
    "minItems": lambda value, bound: len(value) >= bound,
    "maxItems": lambda value, bound: len(value) <= bound,
    "pattern": lambda value, bound: re.search(bound, value) is not None,
    "uniqueItems": lambda value, _: len(value) == len({repr(one) for one in value}),
}


def faults(schema, value, whole, at="$"):
    """What is wrong with a value, by place; fields that a schema does not name are wrong too."""
    if "$ref" in schema:
        target = whole
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return faults(target, value, whole, at)
    found = []
    for word, told in schema.items():
        if word in {"anyOf", "oneOf"}:
            found += _one_of(told, value, whole, at)
        elif word == "allOf":
            found += [fault for one in told for fault in faults(one, value, whole, at)]
        elif word not in ABOUT:
            found += _plain(word, told, value, schema, whole, at)
    return found


def _one_of(choices, value, whole, at):
    tried = [faults(one, value, whole, at) for one in choices]
    return [] if [] in tried else min(tried, key=len)


def _plain(word, told, value, schema, whole, at):
    if word in {"properties", "required", "additionalProperties"}:
        return _object(word, told, value, schema, whole, at)
    if not isinstance(value, APPLIES.get(word, object)):
        return []
    if word in {"items", "propertyNames"}:
        inner = enumerate(value) if word == "items" else ((name, name) for name in value)
        return [fault for place, one in inner for fault in faults(told, one, whole, f"{at}[{place}]")]
    right = {"type": _typed, "enum": _listed, "const": _equal, "format": _formatted} | BOUNDS
    return [] if right[word](value, told) else [f"{at}: {value!r} breaks {word} {told}"]


def _typed(value, told):
    return any(_is(value, kind) for kind in ([told] if isinstance(told, str) else told))


def _listed(value, told):
    return value in told


def _equal(value, told):
    return value == told


def _is(value, kind):
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in {"integer", "number"})


def _formatted(value, told):
    try:
        return bool(FORMATS[told](value))
    except ValueError:
        return False


def _object(word, told, value, schema, whole, at):
    if not isinstance(value, dict):
        return []
    if word == "required":
        return [f"{at}.{name}: missing" for name in told if name not in value]
    if word == "properties":
        inner = [
            fault
            for name, one in told.items()
            if name in value
            for fault in faults(one, value[name], whole, f"{at}.{name}")
        ]
        closed = "additionalProperties" not in schema
        return inner + [f"{at}.{name}: not published" for name in value if closed and name not in told]
    named = schema.get("properties", {})
    rest = {name: one for name, one in value.items() if name not in named}
    if isinstance(told, bool):
        return [] if told else [f"{at}.{name}: not published" for name in rest]
    return [fault for name, one in rest.items() for fault in faults(told, one, whole, f"{at}.{name}")]
