"""A scheme to play with: invented organisations, staff, sites and sessions from today on, and a few cases."""

import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import asyncpg
import httpx

from deploy.simulate.casting import plan_referrals
from deploy.simulate.incidents import read_incidents
from deploy.simulate.opening import STEPS, Opening, suited
from deploy.simulate.plans import ReferralPlan
from deploy.simulate.population import read_population
from deploy.simulate.reference import DemoUser, ReferenceData, reference_data
from deploy.stack.invented import invented_data, invented_user
from deploy.stack.people import one_time_password
from deploy.stack.reference import Machine, StartingData, put_starting_data
from schemas.vocabulary import AgencyKind, Role
from workflow.store.keys import MasterKeys

SAMPLE = Path(__file__).parents[1] / "data" / "incidents-sample.csv"
SEED = 1
# Sites are where incidents cluster; what the incidents were matters to nobody here.
NO_SHARE = 0.0
PLANS = 40
STAFF = (Role.TRIAGE, Role.CASEWORKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """What was put in: who may sign in (login and password by role, to be shown once), and what begins the play.

    Where an earlier start put the people in and was broken off before the cases were there, nobody is shown again.
    """

    passwords: Mapping[str, tuple[str, str]]
    plans: tuple[ReferralPlan, ...] = field(repr=False)
    police: Machine
    staff: Mapping[Role, Machine]
    caseworker: str
    now: datetime

    async def open_cases(self, url: str) -> int:
        """Refer the first cases by the public API and take some of them on; return how many there are."""
        async with AsyncExitStack() as opened:
            clients: dict[Role | None, httpx.AsyncClient] = {}
            everybody: list[tuple[Role | None, Machine]] = [(None, self.police), *self.staff.items()]
            for role, machine in everybody:
                clients[role] = await opened.enter_async_context(machine.client(url))
            staff = {role: clients[role] for role in STAFF}
            opening = Opening(police=clients[None], staff=staff, caseworker=self.caseworker)
            return await opening.play(suited(self.plans, self.police.organisation), self.now)


async def load_playable(dsn: str, keys: MasterKeys) -> Playable | None:
    """Fill a database in which nobody can sign in yet, and return what was put in.

    What a broken-off start left out is put in after it. None where the play has begun, or the people are others.
    """
    logins, begun, now = await _found(dsn)
    if begun:
        return None
    incidents = read_incidents(SAMPLE, seed=SEED, sexual_share=NO_SHARE).incidents
    reference = reference_data(incidents, SEED, now.date())
    invented = one_a_role(reference)
    if logins and not logins.issuperset(user.login for user in invented):
        return None
    people = {user.role: (user, one_time_password()) for user in invented}
    caseworker = people[Role.CASEWORKER][0]
    playable = Playable(
        passwords=MappingProxyType({role.value: (user.login, password) for role, (user, password) in people.items()}),
        plans=plan_referrals(incidents, read_population(), seed=SEED, count=PLANS, opens_on=now.date()),
        police=_machine(_police_of(reference, caseworker.scheme), None),
        staff={role: _machine(caseworker.organisation, role) for role in STAFF},
        caseworker=caseworker.staff_id or "",
        now=now,
    )
    machines = (playable.police, *playable.staff.values())
    if logins:
        await put_starting_data(dsn, keys, StartingData(organisations=(), machines=machines), now)
        return replace(playable, passwords=MappingProxyType({}))
    users = tuple(invented_user(user, password) for user, password in people.values())
    await put_starting_data(dsn, keys, replace(invented_data(reference), users=users, machines=machines), now)
    return playable


async def _found(dsn: str) -> tuple[frozenset[str], bool, datetime]:
    """Return who can sign in, whether all cases that begin the play are there, and the database's time."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        logins = frozenset(row["login"] for row in await connection.fetch("SELECT login FROM users"))
        cases = await connection.fetchval("SELECT count(*) FROM (SELECT FROM cases LIMIT $1) AS few", len(STEPS))
        now: datetime = await connection.fetchval("SELECT now()")
    finally:
        await connection.close()
    return logins, cases == len(STEPS), now


def _police_of(reference: ReferenceData, scheme: str) -> str:
    police = AgencyKind.POLICE.value
    return next(one.slug for one in reference.organisations if one.scheme == scheme and one.kind.value == police)


def _machine(organisation: str, role: Role | None) -> Machine:
    """Return a credential whose secret is forgotten with this process."""
    name = UUID(bytes=secrets.token_bytes(16), version=4)
    return Machine(credential=name, secret=secrets.token_urlsafe(32), organisation=organisation, role=role)


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
