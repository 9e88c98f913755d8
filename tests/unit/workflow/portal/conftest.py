import pytest

from tests.builders.referrals import a_police_referral
from tests.fakes.portal import a_portal


@pytest.fixture
def portal():
    return a_portal()


@pytest.fixture
async def case_id(portal):
    """A case that a police referral has opened."""
    async with portal.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral())
    return next(iter(portal.store.kept.cases.values())).id


@pytest.fixture
async def token(portal, case_id):
    """How the police know that case."""
    return portal.parts.ids.derive("agency", str(case_id), "derbyshire-police")
