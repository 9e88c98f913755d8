"""JSON Schema 2020-12 of everything that is said, one document a family, each contract under its wire name."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from deploy.published.text import json_text
from schemas.citing import plainly
from schemas.commands import COMMANDS
from schemas.events import EVENTS
from schemas.registry import REGISTRY, dataschema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Family = Mapping[str, type[BaseModel]]
Schema = dict[str, Any]


def _starting(prefix: str) -> Family:
    return MappingProxyType({wire: model for (wire, _), model in REGISTRY.items() if wire.startswith(prefix)})


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "referrals": _starting("referrals/"),
        "commands": COMMANDS,
        "events": EVENTS,
        "notices": _starting("notices/"),
        "outcomes": _starting("outcomes"),
    }
)
# What is asked of us is read by these models; what we say is written by them.
_ASKED = frozenset({"referrals", "commands"})

# The handlers leave these out of a record: its topic, key and headers say as much of them as the reader may know.
WITHHELD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Notice": frozenset({"tenant", "audience"}),
        "AgencyNotice": frozenset({"tenant", "audience", "organisation"}),
    }
)


def document(family: str) -> Schema:
    """Return one family as a JSON Schema document: its contracts under `anyOf`, all definitions under `$defs`."""
    contracts = FAMILIES[family]
    by_model, definitions = schemas_of(contracts.values(), "#/$defs/", mode_of(family))
    versions = {wire: version for wire, version in REGISTRY if wire in contracts}
    return {
        "$schema": DIALECT,
        "$id": f"amends:/schemas/{family}",
        "title": f"Amends: {family}",
        "anyOf": [
            {"title": wire, "$comment": dataschema(wire, versions[wire]), **by_model[model]}
            for wire, model in sorted(contracts.items())
        ],
        "$defs": definitions,
    }


def mode_of(family: str) -> JsonSchemaMode:
    """Return whether the family's schemas describe what we read or what we write."""
    return "validation" if family in _ASKED else "serialization"


def schemas_of(
    models: Iterable[type[BaseModel]], place: str, mode: JsonSchemaMode
) -> tuple[Mapping[type[BaseModel], Schema], Schema]:
    """Return a reference to each model, and the definitions that the references below `place` lead to."""
    wanted = [(model, mode) for model in sorted(set(models), key=lambda model: model.__name__)]
    found, whole = models_json_schema(wanted, ref_template=f"{place}{{model}}")
    references = {model: found[model, mode] for model, _ in wanted}
    definitions: Schema = plainly(whole.get("$defs", {}))
    for name, fields in WITHHELD.items():
        _without(definitions.get(name, {}), fields)
    return references, definitions


def render_family(family: str, root: Path) -> str:
    """Return a family's file."""
    del root
    return json_text(document(family))


def _without(definition: Schema, fields: frozenset[str]) -> None:
    for field in fields & definition.get("properties", {}).keys():
        del definition["properties"][field]
    if "required" in definition:
        definition["required"] = [name for name in definition["required"] if name not in fields]
