"""Who and what a scheme begins with: organisations, sites, slots, staff, users, machines; put in twice without harm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import asyncpg
import httpx

from deploy.stack.credentials import Credentials
from deploy.stack.people import Engaged, People
from schemas.vocabulary import Role
from workflow.portal.gate import bearer_of
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.store.keys import KeyedIds, MasterKeys
from workflow.store.reference import Reference

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingUser:
    """Somebody who may sign in, with what he or she is."""

    login: str
    password: str = field(repr=False)
    engagements: tuple[Engaged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine's credential; an agency's has no role, for its kind says what it may do."""

    credential: UUID
    secret: str = field(repr=False)
    organisation: str
    role: Role | None = None
    study: str | None = None

    def client(self, url: str) -> httpx.AsyncClient:
        """Return a client of the public API that speaks as this machine."""
        bearer = bearer_of(self.credential, self.secret)
        return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {bearer}"}, timeout=TIMEOUT_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingData:
    """Everything by tenant where the row itself does not name it."""

    organisations: tuple[Organisation, ...]
    sites: Mapping[str, tuple[Site, ...]] = field(default_factory=lambda: MappingProxyType({}))
    slots: Mapping[str, tuple[Slot, ...]] = field(default_factory=lambda: MappingProxyType({}))
    caseworkers: Mapping[str, tuple[Caseworker, ...]] = field(default_factory=lambda: MappingProxyType({}))
    users: tuple[StartingUser, ...] = ()
    machines: tuple[Machine, ...] = ()


async def put_starting_data(dsn: str, keys: MasterKeys, data: StartingData, registered_at: datetime) -> None:
    """Put it in as `amends_worker`, whose policies reach every tenant. May be called again."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        await _put_places(Reference(pool), data, registered_at)
        await _put_access(pool, KeyedIds(keys), data)


async def _put_places(reference: Reference, data: StartingData, registered_at: datetime) -> None:
    await reference.put_organisations(data.organisations, registered_at)
    for tenant, sites in data.sites.items():
        await reference.put_sites(tenant, sites)
    for tenant, slots in data.slots.items():
        await reference.put_slots(tenant, slots)
    for tenant, caseworkers in data.caseworkers.items():
        await reference.put_caseworkers(tenant, caseworkers)


async def _put_access(pool: asyncpg.Pool, ids: KeyedIds, data: StartingData) -> None:
    people, credentials = People(pool, ids), Credentials(pool)
    for user in data.users:
        await people.add(user.login, user.password)
        for engaged in user.engagements:
            await people.engage(user.login, engaged)
    for machine in data.machines:
        await credentials.put(
            *(machine.credential, machine.secret, machine.organisation), role=machine.role, study=machine.study
        )
