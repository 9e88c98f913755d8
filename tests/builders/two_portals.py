"""Two portals and a worker as real processes on one database, and whoever calls them; everybody is invented."""

import contextlib
import json
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from deploy.bootstrap import build_office
from deploy.local.ports import free_port
from deploy.settings import environment_of
from deploy.simulate.draw import Draw
from deploy.stack.children import portal_ready
from deploy.stack.credentials import Credentials
from schemas.commands import COMMANDS
from schemas.vocabulary import ActivityKind, OrganisationKind, Role
from tests.builders.ground import CLOCK, READY_S, standing
from tests.builders.streams import an_organisation
from workflow.handlers.requests import CommandRequest
from workflow.ports import MessageKey
from workflow.rules.facts import Actor, Caseworker, Site, Slot
from workflow.store.reference import Reference

TENANT, PROVIDER = "derbyshire", "mend-derbyshire"
FORCES, LANDLORDS = ("derbyshire-police", "peak-police"), ("high-peak-homes", "dale-homes")
K = OrganisationKind
REGISTER = (
    *(an_organisation(slug) for slug in FORCES),
    *(an_organisation(slug, K.HOUSING) for slug in LANDLORDS),
    an_organisation(PROVIDER, K.PROVIDER),
    an_organisation("derby-city-youth-justice", K.YOUTH_JUSTICE),
)
CALLERS = (*((slug, None) for slug in (*FORCES, *LANDLORDS)), (PROVIDER, Role.CASEWORKER), (PROVIDER, Role.TRIAGE))
MANAGER = Actor(id="manager-1", organisation=PROVIDER, kind=K.PROVIDER, roles=frozenset({Role.MANAGER}))
WORKSHOP, LITTER = ActivityKind.ASB_WORKSHOP, ActivityKind.LITTER_PICKING
DRAW = Draw(7)


@dataclass(frozen=True)
class TwoPortals:
    """The addresses, who may call them, an office that prepares cases at once, and a look at the tables."""

    ground: object
    portals: tuple
    bearers: dict
    office: object
    table: asyncpg.Pool

    def client(self, portal, organisation, role=None):
        """A client of one of the portals, as that organisation."""
        headers = {"Authorization": f"Bearer {self.bearers[organisation, role]}"}
        return httpx.AsyncClient(base_url=self.portals[portal], headers=headers, timeout=60)

    async def ask_all(self, cases, name, **data):
        """One command about each of these cases, in one transaction; every one of them must be taken."""
        requests = [_command(case, name, data) for case in cases]
        answers = await self.office.handle(TENANT, requests)
        assert {answer.disposition for answer in answers} == {"applied"}, [answer.reply for answer in answers][:2]

    async def by_topic(self, bodies):
        """Put commands on the providers' topic, all at once."""
        async with AIOKafkaProducer(bootstrap_servers=self.ground.broker.bootstrap, acks="all") as producer:
            sent = [
                await producer.send("case.commands", json.dumps(body).encode(), key=body["case_id"].encode())
                for body in bodies
            ]
            for one in sent:
                await one


@contextlib.asynccontextmanager
async def two_portals():
    """Start it all, with credentials for everybody, two sites and a caseworker."""
    async with contextlib.AsyncExitStack() as opened:
        ground = await opened.enter_async_context(standing(REGISTER, kafka=False))
        table = await opened.enter_async_context(asyncpg.create_pool(ground.database.superuser, min_size=1, max_size=4))
        worker = await opened.enter_async_context(asyncpg.create_pool(ground.database.worker, min_size=1, max_size=4))
        await _furnish(Reference(worker))
        bearers = {(slug, role): await Credentials(worker).issue(slug, role=role) for slug, role in CALLERS}
        portals = tuple([await _portal(ground, opened, number) for number in (1, 2)])
        yield TwoPortals(ground, portals, bearers, build_office(ground.settings, worker), table)


async def _portal(ground, opened, number):
    port = free_port()
    arguments = ("deploy.cli", "portal", "--port", str(port))
    process = ground.start(f"portal-{number}", *arguments, environment=environment_of(ground.settings))
    opened.push_async_callback(process.kill)
    url = f"http://127.0.0.1:{port}"
    await process.wait_ready(portal_ready(url), seconds=READY_S)
    return url


async def _furnish(reference):
    kinds = {"hall": WORKSHOP, "park": LITTER}
    await reference.put_sites(TENANT, [_site(name, kind) for name, kind in kinds.items()])
    await reference.put_slots(TENANT, [a_slot(name, kind, 100, days=3) for name, kind in kinds.items()])
    worker = Caseworker(id="c-1", provider=PROVIDER, works_with_children=True, max_cases=500, open_cases=0)
    await reference.put_caseworkers(TENANT, [worker])


def a_slot(site, activity, capacity, *, days=1):
    """Two hours at a site, some days ahead."""
    starts = CLOCK.replace(hour=11, minute=0, second=0) + timedelta(days=days, hours=0 if activity is WORKSHOP else 3)
    return Slot(
        id=f"{site}-{days}",
        site=site,
        provider=PROVIDER,
        activity=activity,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        capacity=capacity,
        supervisor="supervisor-1",
    )


def _site(name, activity):
    return Site(
        id=name, name=name, provider=PROVIDER, activities=frozenset({activity}), longitude=-1.47, latitude=52.92
    )


def _command(case, name, data):
    key = MessageKey(tenant=TENANT, source=PROVIDER, message_id=str(DRAW.uuid(case, name)))
    return CommandRequest(
        key=key,
        canonical=f"{case} {name} {data}".encode(),
        actor=MANAGER,
        sending=key.message_id,
        case_id=case,
        command=COMMANDS[name].model_validate(data),
    )
