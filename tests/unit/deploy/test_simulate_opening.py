"""Whoever plays with `amends up` finds cases at several points, each taken there through the public API."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from deploy.simulate.incidents import read_incidents
from deploy.simulate.opening import STEPS, Opening, suited
from deploy.simulate.reference import reference_data
from schemas.vocabulary import Role
from tests.fakes.portal import a_portal
from tests.unit.deploy.simulated_world import furnish
from tests.unit.deploy.simulation import SAMPLE, plans_for

POLICE, PROVIDER = "derbyshire-constabulary", "amberfold-reparation"
# A Monday's office hours, and a Sunday's night: whoever plays may begin at any time.
TIMES = [datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 8, 2, tzinfo=UTC)]


@pytest.mark.parametrize("now", TIMES)
async def test_each_case_to_begin_with_stands_where_its_steps_lead(now):
    portal = a_portal(now)
    incidents = read_incidents(SAMPLE, seed=1, sexual_share=0.0).incidents
    furnish(portal, reference_data(incidents, 1, now.date()))

    async with AsyncExitStack() as opened:
        police = await opened.enter_async_context(portal.client(POLICE))
        roles = (Role.TRIAGE, Role.CASEWORKER)
        staff = {role: await opened.enter_async_context(portal.client(PROVIDER, role)) for role in roles}
        opening = Opening(police=police, staff=staff, caseworker=f"{PROVIDER}-caseworker-1")
        count = await opening.play(suited(plans_for(seed=1, count=40), POLICE), now)

    states = [case.state for case in sorted(portal.store.kept.cases.values(), key=lambda case: case.received_at)]
    caseworkers = {case.caseworker for case in portal.store.kept.cases.values() if case.caseworker}
    assert count == len(STEPS)
    assert sorted(states) == ["assessing", "plan_agreed", "received", "received", "scheduled"]
    assert caseworkers == {f"{PROVIDER}-caseworker-1"}
