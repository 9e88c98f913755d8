"""Who acts in a step: the one that the scenario names, else the one who would in life."""

from collections.abc import Iterable
from uuid import UUID

import orjson

from deploy.rehearse import defaults
from deploy.rehearse.places import ScenarioError
from deploy.rehearse.scenario import AGENCY_WORDS, By
from schemas.commands import Command
from schemas.problems import nearest
from schemas.vocabulary import AgencyKind, OrganisationKind, Role
from workflow.case.case import Case
from workflow.handlers.requests import Answer
from workflow.machine.decisions import REASONS
from workflow.rules.facts import Actor
from workflow.rules.permissions import AGENCIES, PERMISSIONS

EVERY_ROLE = frozenset(Role)


def agency_of(word: str, scheme: str, where: str) -> tuple[AgencyKind, str]:
    """Return kind and slug of an agency, named by its kind or by its slug."""
    if word in AGENCY_WORDS:
        return AGENCY_WORDS[word], defaults.AGENCIES[AGENCY_WORDS[word]]
    known = {row.slug: row.kind for row in defaults.organisations(scheme) if row.kind in AGENCIES}
    if word not in known:
        raise ScenarioError(where, (unknown("agency", word, [*AGENCY_WORDS, *known]),))
    return AgencyKind(known[word]), word


def actor_of(by: By | None, command: type[Command], case: Case, where: str) -> Actor:
    """Return the actor of a step; left out, somebody who may, with every role."""
    if by is None:
        return _default_actor(command, case)
    if by.role in AGENCY_WORDS:
        kind = AGENCY_WORDS[by.role]
        slug = by.organisation or defaults.AGENCIES[kind]
        return Actor(id=by.name, organisation=slug, kind=OrganisationKind(kind))
    if by.role not in tuple(Role):
        raise ScenarioError(where, (unknown("role", by.role, [*Role, *AGENCY_WORDS]),))
    return _at_provider(by.name, by.organisation or case.provider, frozenset({Role(by.role)}))


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return the sentence about a word that nobody knows, with the nearest known one."""
    guess = nearest(word, tuple(known))
    return f"there is no {what} {word}" + (f"; did you mean {guess}?" if guess else "")


def opened_case(answer: Answer) -> UUID | None:
    """Return the case that a command opened beside its own, as a transfer does."""
    others = (event.envelope.case_id for event in answer.events if event.envelope.case_id != answer.case_id)
    return next(others, None)


def said(answer: Answer) -> str:
    """Return what became of a command, for a person."""
    if answer.refusal is None:
        return str(answer.disposition)
    facts = orjson.dumps(dict(answer.refusal.facts), default=str).decode()
    reason = REASONS.get(answer.refusal.code)
    words = f": {reason.rule} {reason.remedy}" if reason else ""
    return f"refused as {answer.refusal.code}{words} {facts}"


def _default_actor(command: type[Command], case: Case) -> Actor:
    row = PERMISSIONS[command]
    if row.roles:
        provider = case.transfer_to if row.receiving_provider and case.transfer_to else case.provider
        return _at_provider("A", provider, EVERY_ROLE)
    return Actor(id="A", organisation=case.governing.agency, kind=OrganisationKind(case.governing.kind))


def _at_provider(name: str, provider: str, roles: frozenset[Role]) -> Actor:
    return Actor(id=name, organisation=provider, kind=OrganisationKind.PROVIDER, roles=roles)
