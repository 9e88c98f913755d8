"""A whole portal in memory: the fake store, fakes of the portal's own ports, and clients that may call it."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from deploy.calendar import govuk_calendar
from schemas.vocabulary import ActivityKind, OrganisationKind, Role
from tests.builders.referrals import RECEIVED_AT
from tests.fakes.portal_ports import HASH, PASSWORD, FakeAccounts, FakeLogbook, FakeReadiness, FakeReading, an_id
from tests.fakes.store import FakeClock, FakeStore
from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.portal.app import create_app
from workflow.portal.gate import bearer_of, secret_hash
from workflow.portal.parts import PortalParts
from workflow.portal.signing_in import LocalSignIn
from workflow.portal_ports import Credential
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.schemes.reading import packaged_schemes
from workflow.store.keys import KeyedIds, MasterKeys

TENANT, OTHER_TENANT = "derbyshire", "durham"
K = OrganisationKind
__all__ = ["PASSWORD", "a_portal", "an_id"]
# Read once a run: two hundred portals would read two hundred times.
BOOK = Rulebook(schemes=packaged_schemes(), calendar=govuk_calendar())
ORGANISATIONS = (
    Organisation(slug="derbyshire-police", tenant=TENANT, kind=K.POLICE, name="Derbyshire Constabulary"),
    Organisation(slug="peak-police", tenant=TENANT, kind=K.POLICE, name="Peak Police"),
    Organisation(slug="derby-city-youth-justice", tenant=TENANT, kind=K.YOUTH_JUSTICE, name="Youth Justice"),
    Organisation(slug="high-peak-homes", tenant=TENANT, kind=K.HOUSING, name="High Peak Homes"),
    Organisation(slug="dale-homes", tenant=TENANT, kind=K.HOUSING, name="Dale Homes"),
    Organisation(slug="mend-derbyshire", tenant=TENANT, kind=K.PROVIDER, name="Mend Derbyshire"),
    Organisation(slug="repair-derbyshire", tenant=TENANT, kind=K.PROVIDER, name="Repair Derbyshire"),
    Organisation(slug="east-university", tenant=TENANT, kind=K.EVALUATOR, name="East University"),
    Organisation(slug="durham-police", tenant=OTHER_TENANT, kind=K.POLICE, name="Durham Constabulary"),
    Organisation(slug="mend-durham", tenant=OTHER_TENANT, kind=K.PROVIDER, name="Mend Durham"),
)


@dataclass
class FakePortal:
    """The app and everything behind it."""

    app: object
    parts: PortalParts
    store: FakeStore
    clock: FakeClock
    reading: FakeReading
    accounts: FakeAccounts
    logbook: FakeLogbook
    readiness: FakeReadiness
    organisations: dict = field(default_factory=lambda: {one.slug: one for one in ORGANISATIONS})

    def bearer(self, organisation, role=None, study=None):
        """A credential of that organisation, as the header that carries it."""
        one = self.organisations[organisation]
        key = an_id("credential", organisation, role, study)
        self.accounts.credentials[key] = Credential(
            id=key,
            secret_hash=secret_hash(f"secret of {key}"),
            tenant=one.tenant,
            organisation=organisation,
            kind=one.kind,
            role=Role(role) if role else None,
            study=study,
        )
        return {"Authorization": f"Bearer {bearer_of(key, f'secret of {key}')}"}

    @asynccontextmanager
    async def client(self, organisation=None, role=None, **kwargs):
        """A client with that credential; redirects are not followed."""
        study = kwargs.pop("study", None)
        headers = self.bearer(organisation, role, study) if organisation else {}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal", headers=headers, **kwargs
        ) as client:
            yield client


def a_portal(at=RECEIVED_AT):
    """A portal of two schemes with sites, sessions and staff in Derbyshire."""
    clock = FakeClock(at)
    store = FakeStore(clock)
    _furnish(store.kept, at)
    ids = KeyedIds(MasterKeys(bytes(32)))
    accounts, reading = FakeAccounts(), FakeReading(store.kept)
    logbook, readiness = FakeLogbook(), FakeReadiness()
    parts = PortalParts(
        office=Office(store=store, book=BOOK, ids=ids),
        store=store,
        book=BOOK,
        ids=ids,
        clock=clock,
        reading=reading,
        readiness=readiness,
        accounts=accounts,
        logbook=logbook,
        sign_in=LocalSignIn(accounts, HASH),
    )
    return FakePortal(create_app(parts), parts, store, clock, reading, accounts, logbook, readiness)


def _furnish(kept, at):
    kept.organisations.update({one.slug: one for one in ORGANISATIONS})
    day = at.replace(hour=10, minute=0, second=0, microsecond=0)
    for name, kind in (("arboretum", ActivityKind.LITTER_PICKING), ("hall", ActivityKind.ASB_WORKSHOP)):
        kept.sites[TENANT, name] = Site(
            id=name,
            name=f"Invented {name}",
            provider="mend-derbyshire",
            activities=frozenset({kind}),
            longitude=-1.47,
            latitude=52.92,
        )
        for days in range(1, 8):
            start = day + timedelta(days=days, hours=0 if name == "hall" else 3)
            slot = f"{name}-{days}"
            kept.slots[TENANT, slot] = Slot(
                id=slot,
                site=name,
                provider="mend-derbyshire",
                activity=kind,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                capacity=4,
                supervisor="supervisor-1",
            )
    for number in (1, 2):
        kept.caseworkers[TENANT, f"caseworker-{number}"] = Caseworker(
            id=f"caseworker-{number}",
            provider="mend-derbyshire",
            works_with_children=True,
            max_cases=20,
            open_cases=0,
        )
