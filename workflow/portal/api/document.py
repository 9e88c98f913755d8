"""The OpenAPI document: the routes as FastAPI finds them, and for each what is asked, what is answered, an example."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from schemas.citing import plainly
from schemas.commands import COMMANDS
from schemas.notices import Receipt
from schemas.referrals.reading import MODELS
from workflow.portal.api import case_shapes, shapes
from workflow.portal.api.fault_shapes import Problem
from workflow.portal.api.referrals import AMENDMENTS
from workflow.portal.asking import ASKED
from workflow.portal.errors import PROBLEM_JSON
from workflow.portal.permissions import ROUTES, Entrance

Schema = dict[str, Any]
PLACE = "#/components/schemas/"
EXAMPLES = Path(__file__).with_name("examples.json")
NONE: Mapping[str, Schema] = MappingProxyType({})
ABOUT = "Errors are problem+json (RFC 9457). What a caller may not see does not exist for him: 404."


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": f"{PLACE}{model.__name__}"}


def _envelope(names: Iterable[str], needed: Mapping[str, Schema] = NONE, also: Mapping[str, Schema] = NONE) -> Schema:
    """Return the schema of {"type", "data"}, each type with the data that it takes, and what stands beside them."""
    return {
        "oneOf": [
            {
                "type": "object",
                "title": name,
                "properties": {"type": {"const": name}, "data": _ref(ASKED[name]), **needed, **also},
                "required": ["type", *needed],
            }
            for name in sorted(names)
        ]
    }


_TEXT: Schema = {"type": "string"}
_VERSION: Schema = {"type": ["integer", "null"], "description": "The version decided on; null for any."}
_ITEM = _envelope(ASKED, {"case": _TEXT, "version": _VERSION}, {"idempotency_key": _TEXT})
_COMMAND: Schema = {"$ref": f"{PLACE}CommandEnvelope"}
ENVELOPES: Mapping[str, Schema] = MappingProxyType(
    {"CommandEnvelope": _envelope(ASKED), "BulkItem": _ITEM, "AmendmentEnvelope": _envelope(AMENDMENTS)}
)
_BULK: Schema = {
    "type": "object",
    "properties": {"items": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": f"{PLACE}BulkItem"}}},
    "required": ["items"],
}
_AMENDMENT: Schema = {
    "anyOf": [
        _ref(COMMANDS["AmendReferral"]),
        _ref(COMMANDS["ProvideInformation"]),
        {"$ref": f"{PLACE}AmendmentEnvelope"},
    ]
}
_CASE = (case_shapes.CaseView, case_shapes.AgencyCaseView)


@dataclass(frozen=True, slots=True)
class Row:
    """What one route answers when it does what it was asked, and what it is asked with."""

    answers: tuple[type[BaseModel], ...]
    asked: Schema | None = None
    status: int = 200
    version: str = ""


ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "refer": Row((Receipt,), {"anyOf": [_ref(model) for model in MODELS.values()]}, 202),
        "read_referral": Row((case_shapes.AgencyCaseView, Receipt)),
        "amend_referral": Row((case_shapes.AgencyCaseView,), _AMENDMENT),
        "list_cases": Row((case_shapes.CasePage,)),
        "read_case": Row(_CASE),
        "read_timeline": Row((case_shapes.Timeline,)),
        "list_actions": Row((case_shapes.Actions,)),
        "try_action": Row((case_shapes.Tried,), _COMMAND, version="optional"),
        "command_case": Row((case_shapes.Applied, case_shapes.AgencyCaseView), _COMMAND, version="needed"),
        "command_cases": Row((case_shapes.BulkResults,), _BULK),
        "list_sites": Row((shapes.Sites,)),
        "list_sessions": Row((shapes.SlotPage,)),
        "list_caseworkers": Row((shapes.Caseworkers,)),
        "list_outcomes": Row((shapes.OutcomePage,)),
        "catalogue": Row((shapes.Catalogue,)),
        "healthz": Row((shapes.Health,)),
        "readyz": Row((shapes.Readiness,)),
    }
)


def describe(app: FastAPI) -> Schema:
    """Return the document of an app whose operations bear the names of their routes."""
    found = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    for methods in found["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            _complete(operation, ROWS[name], examples.get(name, {}))
            if ROUTES[name].entrance is Entrance.BEARER:
                operation["security"] = [{"bearer": []}]
    found["components"] = {
        "schemas": _schemas(),
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "credential id.secret"}},
    }
    said: Schema = plainly(found)
    return said


def _complete(operation: Schema, row: Row, example: Mapping[str, Any]) -> None:
    refs = [_ref(model) for model in row.answers]
    answered = {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}} | _example(example, "answered")
    fault = {PROBLEM_JSON: {"schema": _ref(Problem)} | _example(FAULT, "answered")}
    operation["responses"] = {
        str(row.status): {"description": "Done.", "content": {"application/json": answered}},
        "default": {"description": "Not done, and why.", "content": fault},
    }
    if row.asked is not None:
        content = {"application/json": {"schema": row.asked} | _example(example, "asked")}
        operation["requestBody"] = {"required": True, "content": content}
    if row.version:
        operation.setdefault("parameters", []).append({**IF_MATCH, "required": row.version == "needed"})


IF_MATCH: Mapping[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": 'The version decided on, as its ETag ("7"), or * for any.',
    "schema": _TEXT,
}
FAULT: Mapping[str, Any] = {
    "answered": {
        "type": "urn:amends:problem:version_stale",
        "title": "The case has moved on; read it again and decide again.",
        "status": 412,
        "code": "version_stale",
        "version": 9,
    }
}


def _example(example: Mapping[str, Any], side: str) -> Schema:
    return {"example": example[side]} if side in example else {}


def _schemas() -> Schema:
    """Return every model that a row leads to; what is asked as it is read, what is answered as it is written."""
    answered: set[type[BaseModel]] = {model for row in ROWS.values() for model in row.answers} | {Problem}
    asked: set[type[BaseModel]] = {*MODELS.values(), *ASKED.values()}
    modes: list[tuple[set[type[BaseModel]], JsonSchemaMode]] = [(answered, "serialization"), (asked, "validation")]
    wanted = [(model, mode) for models, mode in modes for model in sorted(models, key=lambda one: one.__name__)]
    _, whole = models_json_schema(wanted, ref_template=f"{PLACE}{{model}}")
    found: Schema = whole["$defs"] | ENVELOPES
    return found
