"""Every command with one hostile value in one field after another, in bodies that are right otherwise."""

from tests.hostile.addresses import AFTER_ALL, BEFORE_ALL
from workflow.portal.asking import ASKED

LARGEST = 2**53 - 1
HOSTILE = {
    "string": ("\0", "a\0b", "x" * 5000),
    "date-time": (BEFORE_ALL, AFTER_ALL),
    "integer": (LARGEST, -LARGEST),
    "uuid": ("\0",),
}
JUDGED_BY_RULES = {"responsible_adult"}
"""Any number may be asked about; the rule knows how many there are."""
RIGHT = {
    "string": "arboretum",
    "date-time": "2026-03-02T09:00:00+00:00",
    "integer": 1,
    "uuid": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0aaa",
    "boolean": True,
}


def hostile_commands():
    """Pairs of a command's name and its data."""
    for name, model in ASKED.items():
        schema = model.model_json_schema()
        parts = {"properties": schema["properties"], "$defs": schema.get("$defs", {})}
        right = {
            field: _right(parts, told)
            for field, told in parts["properties"].items()
            if field in schema.get("required", ())
        }
        for field in sorted(parts["properties"].keys() - JUDGED_BY_RULES):
            for value in _hostile(parts, parts["properties"][field]):
                yield name, right | {field: value}


def _plain(parts, told):
    """A field's schema without `null` and references."""
    if "$ref" in told:
        return _plain(parts, parts["$defs"][told["$ref"].rpartition("/")[2]])
    choices = [one for one in told.get("anyOf", ()) if one.get("type") != "null"]
    return _plain(parts, choices[0]) if choices else told


def _kind(told):
    return told.get("format", told.get("type"))


def _right(parts, told):
    told = _plain(parts, told)
    if told.get("type") == "array":
        return [_right(parts, told["items"])]
    if told.get("type") == "object":
        return {field: _right(parts, one) for field, one in told.get("properties", {}).items()}
    return told.get("const", next(iter(told.get("enum", ())), RIGHT.get(_kind(told))))


def _hostile(parts, told):
    told = _plain(parts, told)
    if told.get("type") == "array":
        return [[one] for one in _hostile(parts, told["items"])]
    if told.get("type") == "object" and "properties" in told:
        whole = _right(parts, told)
        return [whole | {field: value} for field, one in told["properties"].items() for value in _hostile(parts, one)]
    if told.get("type") == "object":
        return [{"\0": "x"}, {"/note": "\0"}, {"x" * 5000: "x"}]
    return HOSTILE.get(_kind(told), ()) if "enum" not in told else ()
