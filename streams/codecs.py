"""Bytes <-> contract. What cannot be read is a BadRecord; what can be read and is wrong is rejected with a receipt."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.commands import COMMANDS, AmendReferral, Command
from schemas.commands.base import Word
from schemas.problems import Problem, problem_at, problems_of
from schemas.referrals import Referral
from schemas.referrals.reading import ReferralRejected, Unreadable, canonical, parse_body, read_referral
from schemas.vocabulary import AgencyKind, OrganisationKind, Role
from streams.records import Incoming
from workflow.handlers.intake import case_of_message
from workflow.handlers.requests import CommandRequest, ReferralRequest
from workflow.ports import IdSource, MessageKey, Quarantined, Sending
from workflow.rules.facts import Actor, Organisation

STRUCTURED: Final = "application/cloudevents"
LONGEST_SENDING: Final = 200


class BadRecord(Exception):
    """A record that cannot be taken; carries a reason that is safe to publish, and never what the record holds."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a record says once its envelope is off: the body, and the id that the envelope gave, if any."""

    body: Mapping[str, object]
    ce_id: str | None


class _AskedBy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Word
    roles: frozenset[Role] = frozenset()


class _CommandBody(BaseModel):
    """What the provider's machines put on `case.commands`; `organisation` names the provider, never the scheme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: UUID
    organisation: Word
    case_id: UUID
    type: Word
    data: dict[str, Any]
    by: _AskedBy
    expected_version: int | None = None


def open_envelope(record: Incoming) -> Opened:
    """Return the message of a record in binary or structured mode; BadRecord for what is no message."""
    if record.value is None:
        raise BadRecord("null_value")
    body = _parsed(record.value)
    content_type = record.texts.get("content-type", record.texts.get("content_type", ""))
    if not content_type.startswith(STRUCTURED):
        return Opened(body=body, ce_id=record.texts.get("ce_id"))
    ce_id = body.get("id")
    return Opened(body=_data_of(body), ce_id=ce_id if isinstance(ce_id, str) else None)


def decode_referral(
    record: Incoming, organisation: Organisation, received_at: datetime, ids: IdSource
) -> ReferralRequest | CommandRequest:
    """Return the referral or amendment of an agency's record; BadRecord if it has no identity or another's name.

    The topic says who sent it: a body that names another agency is not judged at all. A body with `amends`, the
    message id of an earlier referral, is an amendment of it.
    """
    message = open_envelope(record)
    message_id = _message_id(message)
    if "agency" in message.body and message.body["agency"] != organisation.slug:
        raise BadRecord("wrong_sender")
    asked = _Asked(
        key=MessageKey(tenant=organisation.tenant, source=organisation.slug, message_id=str(message_id)),
        canonical=canonical(message.body),
        actor=Actor(id=organisation.slug, organisation=organisation.slug, kind=organisation.kind),
        sending=record.sending[:LONGEST_SENDING],
    )
    if "amends" in message.body:
        return _amendment(asked, organisation, message.body, ids)
    referral, problems = _referral(AgencyKind(organisation.kind), message.body, received_at)
    return asked.referral(AgencyKind(organisation.kind), referral, problems)


def decode_command(record: Incoming, register: Mapping[str, Organisation]) -> tuple[str, CommandRequest]:
    """Return the tenant and the command of a provider's record; BadRecord for everything else.

    No receipt goes back on this internal topic, so a broken command is quarantined where somebody looks at it.
    """
    message = open_envelope(record)
    _message_id(message)
    asked = _command_body(message.body)
    provider = register.get(asked.organisation)
    if provider is None or provider.kind is not OrganisationKind.PROVIDER:
        raise BadRecord("wrong_sender")
    request = CommandRequest(
        key=MessageKey(tenant=provider.tenant, source=provider.slug, message_id=str(asked.message_id)),
        canonical=canonical(message.body),
        actor=Actor(id=asked.by.id, organisation=provider.slug, kind=provider.kind, roles=asked.by.roles),
        sending=record.sending[:LONGEST_SENDING],
        by_topic=True,
        case_id=asked.case_id,
        command=_command(asked.type, asked.data),
        expected_version=asked.expected_version,
    )
    return provider.tenant, request


def quarantined(record: Incoming, reason: str, ids: IdSource, *, sender: Organisation | None = None) -> Quarantined:
    """Return the record as it is set aside; counted for its sender where that is known."""
    counted = (
        Sending(source=sender.slug, number=record.sending[:LONGEST_SENDING], disposition="quarantined")
        if sender
        else None
    )
    return Quarantined(
        tenant=sender.tenant if sender else None,
        topic=record.place.topic,
        partition=record.place.partition,
        offset=record.place.offset,
        fingerprint=ids.fingerprint(record.value or b"").hex(),
        reason=reason,
        headers=record.headers,
        value=record.value or b"",
        sending=counted,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an agency's request is, whatever it asks."""

    key: MessageKey
    canonical: bytes
    actor: Actor
    sending: str

    def referral(self, kind: AgencyKind, referral: Referral | None, problems: tuple[Problem, ...]) -> ReferralRequest:
        """Return the request of a new referral, or of one that will be rejected with these problems."""
        return ReferralRequest(
            key=self.key,
            canonical=self.canonical,
            actor=self.actor,
            sending=self.sending,
            by_topic=True,
            kind=kind,
            referral=referral,
            problems=tuple(problem.model_dump() for problem in problems),
        )


def _amendment(
    asked: _Asked, organisation: Organisation, body: Mapping[str, object], ids: IdSource
) -> ReferralRequest | CommandRequest:
    """Return the amendment; the case is found by the identity of the referral that opened it."""
    fields = {name: value for name, value in body.items() if name not in {"amends", "agency"}}
    first = _uuid(body["amends"])
    command: AmendReferral | None = None
    problems: tuple[Problem, ...] = ()
    try:
        command = AmendReferral.model_validate(fields)
    except ValidationError as error:
        problems = problems_of(error, AmendReferral)
    if first is None:
        not_an_id = problem_at(("amends",), "not_a_uuid", "{field} is not the message id of a referral of yours.")
        problems = (not_an_id, *problems)
    if first is None or command is None:
        return asked.referral(AgencyKind(organisation.kind), None, problems)
    return CommandRequest(
        key=asked.key,
        canonical=asked.canonical,
        actor=asked.actor,
        sending=asked.sending,
        by_topic=True,
        case_id=case_of_message(ids, organisation.tenant, organisation.slug, str(first)),
        command=command,
    )


def _referral(
    kind: AgencyKind, body: Mapping[str, object], received_at: datetime
) -> tuple[Referral | None, tuple[Problem, ...]]:
    """Return the referral or its problems, as values: an error would drag the personal data along."""
    try:
        return read_referral(kind, body, received_at), ()
    except ReferralRejected as rejected:
        return None, rejected.problems


def _parsed(raw: bytes) -> Mapping[str, object]:
    try:
        return parse_body(raw)
    except Unreadable as unreadable:
        reason = str(unreadable.reason)
    raise BadRecord(reason)


def _data_of(event: Mapping[str, object]) -> Mapping[str, object]:
    """Return the data of a structured CloudEvent."""
    encoded = event.get("data_base64")
    if isinstance(encoded, str):
        return _parsed(_decoded(encoded))
    data = event.get("data")
    if not isinstance(data, dict):
        raise BadRecord("no_data")
    return data


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadRecord("not_base64") from None


def _message_id(message: Opened) -> UUID:
    """Return the body's message id, which alone identifies the message (contracts section 8)."""
    found = _uuid(message.body.get("message_id"))
    if found is None:
        raise BadRecord("message_id_missing")
    if message.ce_id is not None and _uuid(message.ce_id) != found:
        raise BadRecord("ids_differ")
    return found


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _command_body(body: Mapping[str, object]) -> _CommandBody:
    try:
        return _CommandBody.model_validate(dict(body))
    except ValidationError:
        pass
    raise BadRecord("breaks_contract")


def _command(name: str, data: Mapping[str, object]) -> Command:
    model = COMMANDS.get(name)
    if model is None or name == "SubmitReferral":
        raise BadRecord("unknown_command")
    try:
        return model.model_validate(dict(data))
    except ValidationError:
        pass
    raise BadRecord("breaks_contract")
