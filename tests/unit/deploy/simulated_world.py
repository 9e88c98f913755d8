"""A whole scheme in memory: the real portal and rules over the fake store, driven by the demo's own stage."""

import json
from contextlib import AsyncExitStack

import httpx

from deploy.demo.stage import Stage
from deploy.simulate.incidents import read_incidents
from deploy.simulate.ledger import Ledger
from deploy.simulate.lives import live
from deploy.simulate.organisations import read_register
from deploy.simulate.plans import OPENS_ON
from deploy.simulate.population import read_population
from deploy.simulate.reference import STAFF_ROLES, reference_data
from deploy.simulate.world import World
from deploy.stack.invented import invented_data
from schemas.vocabulary import AgencyKind, OrganisationKind
from tests.fakes.portal import a_portal
from tests.unit.deploy.simulation import SAMPLE, plans_for
from workflow.portal.asking import Speaker, submit
from workflow.rules.facts import Actor


class QuietSystem:
    """Nothing runs beside the portal; the clock is the fake store's."""

    def __init__(self, clock):
        self.clock = clock

    async def set_clock(self, now):
        self.clock.at = now

    async def next_due(self):
        return None

    async def quiet(self):
        return None


class LastFirst(Stage):
    """Of those who act side by side, whoever comes last by key is the quickest."""

    async def _release(self, turns):
        await super()._release(turns[::-1])


def sees_offers(reading):
    """Let the provider that a case is offered to see it, as row security does."""
    sees = reading._sees
    reading._sees = lambda caller, case: (
        sees(caller, case) or (case.tenant, case.transfer_to) == (caller.tenant, caller.organisation)
    )


class FakeLine:
    """A pair of topics: a record is decided as it is sent, and its receipt is kept by message id."""

    def __init__(self, portal, agency):
        self.portal, self.agency = portal, agency
        self.receipts, self.broken = {}, set()

    async def send(self, key, value, headers):
        try:
            body = json.loads(value)
        except ValueError:
            self.broken.add(headers["amends-sending"])
            return
        row = self.agency
        actor = Actor(id=row.slug, organisation=row.slug, kind=row.kind)
        speaker = Speaker(tenant=row.scheme, agency=row.slug, kind=AgencyKind(row.kind.value), actor=actor)
        answer = await submit(self.portal.parts, speaker, body, headers["amends-sending"])
        self.receipts[body["message_id"]] = answer.reply

    async def receipt(self, message_id, status):
        found = self.receipts.get(message_id)
        return found if found and found["status"] in status else None


def furnish(portal, reference):
    """Register the demo's organisations, staff and sessions, and nothing else."""
    kept, data = portal.store.kept, invented_data(reference)
    portal.organisations = {row.slug: row for row in data.organisations}
    kept.organisations.clear()
    kept.organisations.update(portal.organisations)
    for shelf, rows in ((kept.sites, data.sites), (kept.slots, data.slots), (kept.caseworkers, data.caseworkers)):
        shelf.clear()
        shelf.update({(tenant, one.id): one for tenant, every in rows.items() for one in every})


async def played(*, seed, count, ledger_path, only=None, kind_of_stage=Stage):
    """Play so many lives to their end; return the portal and the world."""
    plans, population = plans_for(seed=seed, count=count), read_population()
    incidents = read_incidents(SAMPLE, seed=seed, sexual_share=0.09).incidents
    portal, register = a_portal(plans[0].when.sent_at), read_register()
    sees_offers(portal.reading)
    furnish(portal, reference_data(incidents, seed, OPENS_ON, referrals=count))
    lines = {
        row.slug: FakeLine(portal, row)
        for row in register.rows
        if row.kind in {OrganisationKind.YOUTH_JUSTICE, OrganisationKind.HOUSING}
    }

    async def accounted(source, number):
        return number in lines[source].broken

    async with AsyncExitStack() as stack:
        who = [(row.slug, None) for row in register.rows if row.kind in set(AgencyKind)]
        who += [
            (row.slug, role) for row in register.rows if row.kind is OrganisationKind.PROVIDER for role in STAFF_ROLES
        ]
        clients: dict[tuple, httpx.AsyncClient] = {
            one: await stack.enter_async_context(portal.client(*one)) for one in who
        }
        ledger = Ledger(ledger_path)
        world = World(clients=clients, lines=lines, ledger=ledger, register=register, accounted=accounted, patience_s=1)
        stage = kind_of_stage(QuietSystem(portal.clock), min(plan.when.sent_at for plan in plans))
        wanted = [plan for plan in plans if only is None or plan.part in only]
        await stage.run([live(plan, stage, world, population=population) for plan in wanted])
        ledger.close()
    return portal, world
