"""A few of the experiments, on real Kafka and PostgreSQL; `make faults-quick` runs them all."""

import pytest

from tests.faults.experiments import EXPERIMENTS
from tests.faults.outcomes import row_of
from tests.faults.report import table

pytestmark = [pytest.mark.connected, pytest.mark.kafka, pytest.mark.faults, pytest.mark.slow]

SEED = 7
# The named failpoints, and poison: the quickest that between them kill workers and break every kind of input.
SELECTED = [one for one in EXPERIMENTS if one.number in {2, 11}]


@pytest.mark.parametrize("experiment", SELECTED, ids=lambda one: one.what)
async def test_every_promise_is_kept_and_without_its_mechanism_one_is_seen_to_break(rig, experiment):
    row = await row_of(rig, experiment, SEED, print)

    assert row.ok, table([row])
