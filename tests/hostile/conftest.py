"""Fixtures of the hostile tests: a portal in memory, and one on PostgreSQL with several schemes and callers."""

import pytest

from tests.builders.api_walk import AN_OUTCOME
from tests.builders.browsing import TO_A_BOOKED_SESSION
from tests.builders.crossing import Who, a_world_with
from tests.builders.referrals import a_police_referral
from tests.databases import embedded_database, emptied
from tests.fakes.portal import a_portal

__all__ = ["embedded_database"]
CALLERS = (
    Who("mend", "manager"),
    Who("mend", "caseworker"),
    Who("west-university", "evaluator"),
    Who("mend", "manager", browser=True),
)


@pytest.fixture(scope="module")
async def worked_portal():
    """A portal with a case that is worked on and one that has just come."""
    made = a_portal()
    async with made.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral())
        second = a_police_referral(
            message_id="6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0002", participant={"birth_date": "1980-01-01"}
        )
        assert (await police.post("/api/v1/referrals", json=second)).status_code == 202
    first = next(iter(made.store.kept.cases.values())).id
    async with made.client("mend-derbyshire", "manager") as manager:
        for name, data in TO_A_BOOKED_SESSION:
            body = {"type": name, "data": data}
            done = await manager.post(f"/api/v1/cases/{first}/commands", json=body, headers={"If-Match": "*"})
            assert done.status_code == 200, done.text
    return made


@pytest.fixture(scope="module")
async def world(embedded_database):
    """The portal on PostgreSQL with everybody who calls it here."""
    async with a_world_with(CALLERS, await emptied(embedded_database)) as made:
        rows = "UPDATE outward_records SET value = $1 WHERE topic = 'outcomes.evaluation'"
        await made.owner.execute(rows, AN_OUTCOME.model_dump_json().encode())
        yield made
