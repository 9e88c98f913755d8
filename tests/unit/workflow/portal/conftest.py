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


@pytest.fixture
def staff(portal):
    """The portal with somebody in each role of a provider who can sign in."""
    for role in ("manager", "triage", "caseworker", "supervisor", "affected_person_worker"):
        portal.accounts.engage(f"{role}-1", role, portal.organisations["mend-derbyshire"])
    return portal
