"""A scheme to play with: invented organisations, staff, sites and sessions from today on, and somebody in each role."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import asyncpg

from deploy.simulate.incidents import read_incidents
from deploy.simulate.reference import DemoUser, ReferenceData, reference_data
from deploy.stack.invented import invented_data, invented_user
from deploy.stack.people import one_time_password
from deploy.stack.reference import put_starting_data
from schemas.vocabulary import Role
from workflow.store.keys import MasterKeys

SAMPLE = Path(__file__).parents[1] / "data" / "incidents-sample.csv"
SEED = 1
# Sites are where incidents cluster; what the incidents were matters to nobody here.
NO_SHARE = 0.0


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
    users = tuple(invented_user(user, password) for user, password in people.values())
    await put_starting_data(dsn, keys, replace(invented_data(reference), users=users), now)
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
