"""Every scenario of this folder holds on the fake store; the connected tests play them on PostgreSQL."""

from pathlib import Path

import pytest

from deploy.calendar import govuk_calendar
from deploy.rehearse.player import rehearse
from deploy.rehearse.scenario import read_scenario
from tests.fakes.ground import FakeGround

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
async def test_a_scenario_finds_what_it_expects(path: Path) -> None:
    scenario = read_scenario(path)

    findings = await rehearse(scenario, FakeGround(), govuk_calendar())

    assert [finding.line() for finding in findings if not finding.holds] == []
