"""The AsyncAPI 3 document: every topic, what lies on it, and who sends and receives there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from deploy.published.models import FAMILIES, mode_of, schemas_of
from deploy.published.text import json_text
from schemas import topics
from schemas.commands import COMMANDS
from schemas.events import EVENTS
from schemas.registry import REGISTRY, dataschema
from schemas.vocabulary import AgencyKind, Audience, CaseState, Role

Schema = dict[str, Any]
PLACE = "#/components/schemas/"
AGENCY, STUDY = "{agency}", "{study}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One topic: its name here, what lies on it, and whether we send there or receive."""

    name: str
    address: str
    about: str
    messages: tuple[str, ...]
    sends: bool


def render_asyncapi(root: Path) -> str:
    """Return the document."""
    del root
    channels = tuple(_channels())
    return json_text(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Amends", "version": "0", "description": _ABOUT},
            "defaultContentType": "application/json",
            "channels": {one.name: _channel(one) for one in channels},
            "operations": {f"{_verb(one)}_{one.name}": _operation(one) for one in channels},
            "components": {"messages": _messages(), "schemas": _schemas()},
        }
    )


_ABOUT = (
    "CloudEvents 1.0 on Kafka; binary mode is written, binary and structured mode are read. "
    "Readers drop what they have seen by (ce_source, ce_id)."
)
_HEADERS = (
    *("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "ce_subject", "ce_dataschema"),
    "content-type",
)
# Only on case.events, which never leaves; a fact that nothing caused has no cause.
_WITHIN = ("ce_casesequence", "ce_correlationid")
_CAUSE = "ce_causationid"


def _channels() -> Iterator[Channel]:
    for kind in AgencyKind:
        yield Channel(
            name=f"referrals_{kind}",
            address=topics.referrals(kind, AGENCY),
            about="Referrals and amendments; written by that agency alone, keyed by its own reference.",
            messages=(f"referrals/{kind}", "amendment"),
            sends=False,
        )
        yield Channel(
            name=f"notices_{kind}",
            address=topics.notices(kind, AGENCY),
            about="Receipts, and what that agency may know; read by that agency alone.",
            messages=("notices/receipt", f"notices/{kind}"),
            sends=True,
        )
    yield from _inside()
    yield Channel(
        name="outcomes",
        address=topics.outcomes(STUDY),
        about="The whole current row of each study token, compacted; released a period at a time in token order.",
        messages=("outcomes",),
        sends=True,
    )


def _inside() -> Iterator[Channel]:
    yield Channel(
        name="case_commands",
        address=topics.CASE_COMMANDS,
        about="Requests from the provider's machines, keyed by case id (internal).",
        messages=("command",),
        sends=False,
    )
    yield Channel(
        name="case_events",
        address=topics.CASE_EVENTS,
        about="Every fact, tokens only, numbered within the case by ce_casesequence (internal).",
        messages=tuple(EVENTS),
        sends=True,
    )
    yield from _to_people()
    yield from _for_operators()


def _to_people() -> Iterator[Channel]:
    for audience, address in (
        (Audience.AFFECTED_PERSON, topics.NOTICES_AFFECTED_PERSON),
        (Audience.PARTICIPANT, topics.NOTICES_PARTICIPANT),
    ):
        yield Channel(
            name=f"notices_{audience}",
            address=address,
            about="What people are to be told: tokens and typed fields (internal; names are joined at sending).",
            messages=(f"notices/{audience}",),
            sends=True,
        )


def _for_operators() -> Iterator[Channel]:
    for name, address, about in (
        ("checkpoint", topics.AUDIT_CHECKPOINTS, "Signed roots over the heads of all cases, keyed by scheme."),
        (
            "dead_letter",
            topics.DEAD_LETTERS,
            "Where a record lies that could not be taken, and why; never what it holds.",
        ),
    ):
        yield Channel(name=f"{name}s", address=address, about=about, messages=(name,), sends=True)


_ID: Schema = {"type": "string", "format": "uuid"}
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_SOME_CASE: Schema = {"anyOf": [_ID, {"type": "null"}]}


def _object(*optional: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [one for one in properties if one not in optional]}


# Bodies without a model in `schemas`: the envelopes of what comes in, and what operators and auditors read.
_OF_OUR_OWN: Mapping[str, Schema] = MappingProxyType(
    {
        "amendment": {
            "description": "Fields of AmendReferral; `amends` is the message id of the referral that it amends.",
            **_object("agency", message_id=_ID, amends=_ID, agency=_TEXT),
        },
        "command": _object(
            "expected_version",
            message_id=_ID,
            organisation=_TEXT,
            case_id=_ID,
            type={"enum": sorted(COMMANDS)},
            data={"anyOf": [{"$ref": f"{PLACE}{name}"} for name in sorted(COMMANDS)]},
            by=_object("roles", id=_TEXT, roles={"type": "array", "items": {"enum": [str(role) for role in Role]}}),
            expected_version=_NUMBER,
        ),
        "checkpoint": _object(signed=_TEXT, signature=_TEXT, public_key=_TEXT),
        "dead_letter": _object(
            topic=_TEXT, partition=_NUMBER, offset=_NUMBER, fingerprint=_TEXT, reason=_TEXT, case=_SOME_CASE
        ),
    }
)


def _channel(one: Channel) -> Schema:
    parameters = [name for name in ("agency", "study") if f"{{{name}}}" in one.address]
    told: Schema = {
        "address": one.address,
        "description": one.about,
        "messages": {_key(name): {"$ref": f"#/components/messages/{_key(name)}"} for name in one.messages},
    }
    return told | (
        {"parameters": {name: {"description": _PARAMETERS[name]} for name in parameters}} if parameters else {}
    )


_PARAMETERS = {"agency": "The agency's slug in the register of organisations.", "study": "The study's name."}


def _verb(one: Channel) -> str:
    return "send" if one.sends else "receive"


def _operation(one: Channel) -> Schema:
    return {"action": _verb(one), "channel": {"$ref": f"#/channels/{one.name}"}}


def _key(wire: str) -> str:
    """Component keys take no slash."""
    return wire.replace("/", ".")


def _messages() -> Schema:
    contracts = {wire: version for wire, version in REGISTRY if wire not in COMMANDS}
    told = {
        _key(wire): {
            "name": wire,
            "headers": _headers(inside=wire in EVENTS),
            "payload": {"$ref": f"{PLACE}{_payload(wire)}"},
            "x-dataschema": dataschema(wire, version),
        }
        for wire, version in contracts.items()
    }
    return told | {name: {"name": name, "payload": {"$ref": f"{PLACE}{name}"}} for name in _OF_OUR_OWN}


def _payload(wire: str) -> str:
    return _key(wire) if wire in EVENTS else _model(wire).__name__


def _model(wire: str) -> type[BaseModel]:
    return next(model for (name, _), model in REGISTRY.items() if name == wire)


def _headers(*, inside: bool) -> Schema:
    needed = (*_HEADERS, *(_WITHIN if inside else ()))
    names = (*needed, _CAUSE) if inside else needed
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(needed)}


def _schemas() -> Schema:
    told: Schema = dict(_OF_OUR_OWN)
    for family, contracts in FAMILIES.items():
        told |= schemas_of(contracts.values(), PLACE, mode_of(family))[1]
    return told | {wire: _body(event.__name__) for wire, event in EVENTS.items()}


def _body(event: str) -> Schema:
    """Return the value of a case event: the fact, with its times and states around it."""
    state = {"enum": [str(state) for state in CaseState]}
    moment = {"type": "string", "format": "date-time"}
    around: Schema = {
        "occurred_at": moment,
        "recorded_at": moment,
        "state_before": {"anyOf": [state, {"type": "null"}]},
        "state_after": state,
        "actor": {"type": "string"},
        "fact": {"$ref": f"{PLACE}{event}"},
    }
    return {"type": "object", "properties": around, "required": list(around)}
