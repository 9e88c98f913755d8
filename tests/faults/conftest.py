"""One broker and one database for all experiments of a run."""

import pytest

from deploy.local.kafka import find_kafka
from tests.faults.rig import opened_rig


@pytest.fixture(scope="session")
async def rig():
    if find_kafka() is None:
        pytest.skip("Apache Kafka is not here: python -m deploy.local.kafka fetch")
    async with opened_rig() as made:
        yield made
