"""Every rehearsal finds the same on PostgreSQL as in memory: the rules do not depend on where they stand."""

import pytest

from deploy.calendar import govuk_calendar
from deploy.rehearse.player import play
from deploy.rehearse.scenario import read_scenario
from deploy.stack.rehearsing import SqlGround
from tests.acceptance.properties import faults
from tests.acceptance.scenarios import FILES
from tests.databases import emptied, pooled
from tests.fakes.ground import FakeGround

pytestmark = pytest.mark.connected


@pytest.fixture
async def ground(embedded_database):
    """Emptied tables: a database of its own for each of so many scenarios would take a second each."""
    async with pooled((await emptied(embedded_database)).worker) as pool:
        yield SqlGround(pool)


@pytest.mark.parametrize("name", FILES)
async def test_a_scenario_finds_on_postgres_what_it_finds_in_memory(ground, name):
    scenario, calendar = read_scenario(FILES[name]), govuk_calendar()
    in_memory = await play(scenario, FakeGround(), calendar)

    on_postgres = await play(scenario, ground, calendar)

    assert [finding.line() for finding in on_postgres.findings] == [f.line() for f in in_memory.findings]
    assert await faults(on_postgres, ground) == []
