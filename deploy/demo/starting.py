"""What a demo begins with: the simulated register, places and staff, and secrets derived from its master key."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import httpx

from deploy.simulate.organisations import DemoOrganisation
from deploy.simulate.reference import STAFF_ROLES, ReferenceData
from deploy.stack.people import Engaged
from deploy.stack.reference import Machine, StartingData, StartingUser
from schemas.vocabulary import ActivityKind, OrganisationKind, Role
from workflow.portal.gate import bearer_of
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.store.keys import KeyedIds, MasterKeys

AGENCIES = frozenset({OrganisationKind.POLICE, OrganisationKind.YOUTH_JUSTICE, OrganisationKind.HOUSING})
TIMEOUT_S = 30.0
PASSWORD = "amends-demo-password"  # noqa: S105 - the demo's people are invented, and its pages are on this machine alone


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret of a demo, derived: the same seed signs in the same way."""

    keys: MasterKeys

    def machine(self, organisation: str, role: Role | None) -> Machine:
        """Return the credential of an organisation's machine in a role."""
        name = f"{organisation}:{role or ''}"
        secret = sha256(self.keys.subkey("demo-credential", name)).hexdigest()
        study = "evaluation" if role is Role.EVALUATOR else None
        credential = KeyedIds(self.keys).derive("demo-credential", name)
        return Machine(credential=credential, secret=secret, organisation=organisation, role=role, study=study)

    def client(self, url: str, organisation: str, role: Role | None) -> httpx.AsyncClient:
        """Return a client of the public API that speaks as that machine."""
        machine = self.machine(organisation, role)
        bearer = bearer_of(machine.credential, machine.secret)
        return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {bearer}"}, timeout=TIMEOUT_S)


def starting_data(reference: ReferenceData, secrets: Secrets) -> StartingData:
    """Return the reference data as the stack puts it in."""
    tenants = sorted({row.scheme for row in reference.organisations})
    return StartingData(
        organisations=tuple(_organisation(row) for row in reference.organisations),
        sites={tenant: tuple(_site(s) for s in reference.sites if s.scheme == tenant) for tenant in tenants},
        slots={tenant: tuple(_slot(s) for s in reference.slots if s.scheme == tenant) for tenant in tenants},
        caseworkers={
            tenant: tuple(_caseworker(w) for w in reference.caseworkers if w.scheme == tenant) for tenant in tenants
        },
        users=tuple(
            StartingUser(
                login=user.login,
                password=PASSWORD,
                engagements=(Engaged(organisation=user.organisation, role=user.role, staff_id=user.staff_id),),
            )
            for user in reference.users
        ),
        machines=tuple(_machines(reference, secrets)),
    )


def _machines(reference: ReferenceData, secrets: Secrets) -> list[Machine]:
    machines = []
    for row in reference.organisations:
        if row.kind in AGENCIES:
            machines.append(secrets.machine(row.slug, None))
        elif row.kind is OrganisationKind.PROVIDER:
            machines += [secrets.machine(row.slug, role) for role in STAFF_ROLES]
        elif row.kind is OrganisationKind.EVALUATOR:
            machines.append(secrets.machine(row.slug, Role.EVALUATOR))
    return machines


def _organisation(row: DemoOrganisation) -> Organisation:
    return Organisation(slug=row.slug, tenant=row.scheme, kind=row.kind, name=row.name, area=row.area)


def _site(site: object) -> Site:
    fields = ("id", "name", "provider", "longitude", "latitude", "suits_children")
    values = {name: getattr(site, name) for name in fields}
    kinds = frozenset(ActivityKind(kind) for kind in getattr(site, "activities", ()))
    return Site(activities=kinds, **values)


def _slot(slot: object) -> Slot:
    fields = ("id", "site", "provider", "starts_at", "ends_at", "capacity", "supervisor")
    values = {name: getattr(slot, name) for name in fields}
    return Slot(activity=ActivityKind(getattr(slot, "activity", "")), **values)


def _caseworker(worker: object) -> Caseworker:
    fields = ("id", "provider", "works_with_children", "max_cases")
    values = {name: getattr(worker, name) for name in fields}
    return Caseworker(open_cases=0, knows=frozenset[UUID](), **values)
