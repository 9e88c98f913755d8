"""A scheme to play with: invented organisations, staff, sites and sessions from today on, and somebody in each role."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from deploy.simulate.incidents import read_incidents
from deploy.simulate.reference import DemoCaseworker, DemoUser, ReferenceData, reference_data
from deploy.stack.people import Engaged, one_time_password
from deploy.stack.reference import StartingData, StartingUser, put_starting_data
from schemas.vocabulary import ActivityKind, Role
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.store.keys import MasterKeys

SAMPLE = Path(__file__).parents[1] / "data" / "incidents-sample.csv"
SEED = 1
# Sites are where incidents cluster; what the incidents were matters to nobody here.
NO_SHARE = 0.0
T = TypeVar("T")


async def load_playable(dsn: str, keys: MasterKeys) -> Mapping[str, tuple[str, str]]:
    """Fill a database in which nobody can sign in yet; return login and password by role, to be shown once."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM users)"):
            return {}
        now = await connection.fetchval("SELECT now()")
    finally:
        await connection.close()
    incidents = read_incidents(SAMPLE, seed=SEED, sexual_share=NO_SHARE).incidents
    reference = reference_data(incidents, SEED, now.date())
    people = {user.role: (user, one_time_password()) for user in one_a_role(reference)}
    users = tuple(_starting(user, password) for user, password in people.values())
    await put_starting_data(dsn, keys, starting_data(reference, users=users), now)
    return {role.value: (user.login, password) for role, (user, password) in people.items()}


def one_a_role(reference: ReferenceData) -> tuple[DemoUser, ...]:
    """Return the first user of each role; roles that the demo has no use for are filled at the first provider."""
    first = {user.role: user for user in reversed(reference.users)}
    at = first[Role.TRIAGE]
    login = at.login.replace("triage", "{}")
    for role in Role:
        name = login.format(role.value.replace("_", "-"))
        made = DemoUser(login=name, scheme=at.scheme, organisation=at.organisation, role=role)
        first.setdefault(role, made)
    return tuple(first[role] for role in Role)


def _nobody_known(_: DemoCaseworker) -> frozenset[UUID]:
    return frozenset()


def starting_data(
    reference: ReferenceData,
    *,
    users: tuple[StartingUser, ...] = (),
    knows: Callable[[DemoCaseworker], frozenset[UUID]] = _nobody_known,
) -> StartingData:
    """Return the simulator's reference data as the store takes it; `knows` leads to the tokens of people known."""
    organisations = (
        Organisation(slug=row.slug, tenant=row.scheme, kind=row.kind, name=row.name, area=row.area)
        for row in reference.organisations
    )
    return StartingData(
        organisations=tuple(organisations),
        sites=_by_scheme(reference.sites, _site),
        slots=_by_scheme(reference.slots, _slot),
        caseworkers=_by_scheme(reference.caseworkers, lambda row: _caseworker(row, knows(row))),
        users=users,
    )


def _by_scheme(rows: Iterable[Any], made: Callable[[Any], T]) -> Mapping[str, tuple[T, ...]]:
    ordered = sorted(rows, key=lambda row: (row.scheme, row.id))
    return {scheme: tuple(map(made, group)) for scheme, group in groupby(ordered, key=lambda row: row.scheme)}


def _site(row: Any) -> Site:
    return Site(
        id=row.id,
        name=row.name,
        provider=row.provider,
        activities=frozenset(ActivityKind(kind) for kind in row.activities),
        longitude=row.longitude,
        latitude=row.latitude,
        suits_children=row.suits_children,
    )


def _slot(row: Any) -> Slot:
    return Slot(
        id=row.id,
        site=row.site,
        provider=row.provider,
        activity=ActivityKind(row.activity),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        supervisor=row.supervisor,
    )


def _caseworker(row: DemoCaseworker, knows: frozenset[UUID]) -> Caseworker:
    return Caseworker(
        id=row.id,
        provider=row.provider,
        works_with_children=row.works_with_children,
        max_cases=row.max_cases,
        open_cases=0,
        knows=knows,
    )


def _starting(user: DemoUser, password: str) -> StartingUser:
    engaged = Engaged(organisation=user.organisation, role=user.role, staff_id=user.staff_id)
    return StartingUser(login=user.login, password=password, engagements=(engaged,))
