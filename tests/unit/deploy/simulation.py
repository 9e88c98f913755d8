"""What several tests of the simulation share."""

from functools import lru_cache
from pathlib import Path

from deploy.simulate.casting import plan_referrals
from deploy.simulate.incidents import read_incidents
from deploy.simulate.plans import ReferralPlan
from deploy.simulate.population import read_population

SAMPLE = Path(__file__).parents[3] / "deploy" / "data" / "incidents-sample.csv"


@lru_cache
def plans_for(*, seed: int, count: int) -> tuple[ReferralPlan, ...]:
    population = read_population()
    found = read_incidents(SAMPLE, seed=seed, sexual_share=population.rates["sexual_share"])
    return plan_referrals(found.incidents, population, seed=seed, count=count)
