"""A stored sample of each event, as it was first published. `python -m tests.builders.samples` writes the missing ones.

A sample that was written stays as it is: it stands for the records that are already in somebody's log.
"""

import json
from pathlib import Path

from schemas.events import EVENTS

FOLDER = Path(__file__).parents[1] / "unit" / "schemas" / "samples"
BY_FORMAT = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
}


def path_of(wire: str, version: int) -> Path:
    return FOLDER / f"{wire}.v{version}.json"


def a_sample_of(model):
    """The model's payload with every field filled, drawn from its schema, as its records are written."""
    schema = model.model_json_schema(mode="serialization")
    filled = _filled(schema, schema.get("$defs", {}))
    return model.model_validate(filled).model_dump(mode="json")


def _filled(schema, definitions):
    if "$ref" in schema:
        return _filled(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return _filled(next(one for one in schema["anyOf"] if one.get("type") != "null"), definitions)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _of_type(schema, definitions)


def _of_type(schema, definitions):
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {name: _filled(one, definitions) for name, one in schema["properties"].items()}
        case "object":
            key = _filled(schema.get("propertyNames", {"type": "string"}), definitions)
            return {key: _filled(schema.get("additionalProperties", {"type": "string"}), definitions)}
        case "array" if "prefixItems" in schema:
            return [_filled(one, definitions) for one in schema["prefixItems"]]
        case "array":
            return [_filled(schema["items"], definitions)]
    plain = {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type"))
    return BY_FORMAT.get(schema.get("format"), "sample") if plain is None else plain


def write_missing():
    """Write the samples that are not there yet, and no other."""
    FOLDER.mkdir(exist_ok=True)
    for wire, event in EVENTS.items():
        path = path_of(wire, event.version)
        if not path.exists():
            path.write_text(json.dumps(a_sample_of(event), indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
