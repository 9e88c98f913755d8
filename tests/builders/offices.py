"""An office over the fake store, filled as a rehearsal is, and what agencies and people ask of it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid5

import orjson

from deploy.rehearse import defaults
from deploy.rehearse.acting import EVERY_ROLE
from deploy.rehearse.ground import Reference
from schemas.referrals.reading import canonical, read_referral
from schemas.vocabulary import AgencyKind, OrganisationKind
from tests.builders.cases import CALENDAR
from tests.fakes.ground import FakeGround
from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.handlers.requests import CommandRequest, ReferralRequest
from workflow.ports import MessageKey, Quarantined
from workflow.rules.calendar import local_day
from workflow.rules.facts import Actor
from workflow.schemes import packaged_schemes

NOW = datetime(2026, 6, 9, 7, tzinfo=UTC)
TENANT = "derbyshire"
POLICE = defaults.AGENCIES[AgencyKind.POLICE]
BOOK = Rulebook(schemes=packaged_schemes(), calendar=CALENDAR)
ADULT = {"name": "Pat Ashdown", "relationship": "mother", "authority": "known"}
CHILD = {"birth_date": "2011-02-10", "responsible_adults": [ADULT]}


async def an_office(*, without=()):
    """An office at eight on a Tuesday, and the ground it stands on; organisations of some kinds may be missing."""
    ground = FakeGround()
    ground.clock.at = NOW
    reference = Reference(
        organisations=tuple(row for row in defaults.organisations(TENANT) if row.kind not in without),
        sites=defaults.sites(),
        slots=defaults.slots(local_day(NOW), local_day(NOW + timedelta(days=2))),
        caseworkers=defaults.caseworkers(),
    )
    await ground.fill(TENANT, reference)
    return Office(store=ground.store, book=BOOK, ids=ground.ids), ground


def a_referral(known_as="graffiti", *, by_topic=False, **given):
    """A referral of the police's, by form or by topic."""
    body = defaults.referral_body(AgencyKind.POLICE, known_as, given, NOW)
    return ReferralRequest(
        key=MessageKey(tenant=TENANT, source=POLICE, message_id=body["message_id"]),
        canonical=canonical(body),
        actor=Actor(id=POLICE, organisation=POLICE, kind=OrganisationKind.POLICE),
        sending=known_as,
        by_topic=by_topic,
        kind=AgencyKind.POLICE,
        referral=read_referral(AgencyKind.POLICE, body, NOW),
    )


def a_command(case_id, command, *, name=None, **changes):
    """A command of somebody at the first provider who may ask for anything there."""
    provider, said = defaults.PROVIDER, name or type(command).__name__
    return CommandRequest(
        key=MessageKey(tenant=TENANT, source=provider, message_id=str(uuid5(case_id, said))),
        canonical=orjson.dumps(command.model_dump(mode="json")),
        actor=Actor(id="A", organisation=provider, kind=OrganisationKind.PROVIDER, roles=EVERY_ROLE),
        sending=said,
        case_id=case_id,
        command=command,
        **changes,
    )


def a_record_set_aside(case_id=None, *, fingerprint="f1", **changes):
    """A record of `case.commands` that could not be taken."""
    place = {"topic": "case.commands", "partition": 0, "offset": 7, "headers": (), "value": b"{}"}
    return Quarantined(
        tenant=TENANT, fingerprint=fingerprint, reason="handler_failed", case_id=case_id, **place, **changes
    )
