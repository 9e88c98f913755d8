"""What the demo begins with is the simulator's reference data, whole."""

from deploy.demo.starting import Secrets, people_known, starting_data
from deploy.simulate.incidents import read_incidents
from deploy.simulate.plans import OPENS_ON
from deploy.simulate.reference import reference_data
from deploy.simulate.referrals import body_of
from schemas.vocabulary import OrganisationKind
from tests.fakes.portal import a_portal
from tests.unit.deploy.simulated_world import furnish
from tests.unit.deploy.simulation import SAMPLE, plans_for
from workflow.store.keys import MasterKeys

SEED, COUNT = 7, 200
KEYS = MasterKeys(bytes(32))


def _reference():
    incidents = read_incidents(SAMPLE, seed=SEED, sexual_share=0.09).incidents
    return reference_data(incidents, SEED, OPENS_ON, referrals=COUNT)


def test_a_caseworker_keeps_the_people_whom_he_or_she_knows():
    reference, plans = _reference(), plans_for(seed=SEED, count=COUNT)

    data = starting_data(reference, Secrets(KEYS), plans)

    tokens = people_known(KEYS, plans)
    known = {one.id: one.knows for workers in data.caseworkers.values() for one in workers}
    assert known == {one.id: frozenset(tokens[n] for n in one.knows) for one in reference.caseworkers}
    assert sum(map(bool, known.values())) == 8


async def test_a_known_person_is_the_participant_of_the_referral_that_is_planned():
    plan = next(one for one in plans_for(seed=SEED, count=COUNT) if one.agency.kind is OrganisationKind.POLICE)
    portal = a_portal(plan.when.sent_at)
    furnish(portal, _reference())

    async with portal.client(plan.agency.slug) as police:
        await police.post("/api/v1/referrals", json=body_of(plan))

    (case,) = portal.store.kept.cases.values()
    assert case.participant == people_known(KEYS, [plan])[plan.number]
