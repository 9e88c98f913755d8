"""Every scenario of this folder holds on the fake store; the connected tests play them on PostgreSQL."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.calendar import govuk_calendar
from deploy.rehearse.player import play
from deploy.rehearse.scenario import read_scenario
from schemas.commands import BreachClock
from schemas.vocabulary import ClockStatus
from tests.acceptance.properties import faults, leaks, personal_values
from tests.acceptance.scenarios import FILES, params
from tests.fakes.ground import FakeGround
from tests.fakes.store_keeping import KeptTimer

FIRST = "adult-police-start-to-finish"
LEAST_FILES = 20


@pytest.mark.parametrize("path", params())
async def test_a_scenario_finds_what_it_expects(path: Path) -> None:
    ground = FakeGround()

    played = await play(read_scenario(path), ground, govuk_calendar())

    assert [finding.line() for finding in played.findings if not finding.holds] == []
    assert await faults(played, ground) == []


def test_there_are_as_many_scenarios_as_were_promised() -> None:
    assert len(FILES) >= LEAST_FILES


async def test_a_personal_value_in_a_record_is_found() -> None:
    ground = FakeGround()
    played = await play(read_scenario(FILES[FIRST]), ground, govuk_calendar())
    values = personal_values(played)

    planted = [json.dumps({"note": value.upper()}) for value in sorted(values)]

    assert {"Robin", "Ashdown", "1994-05-17", "07700 900456", "260000001", "The bus shelter"} <= values
    assert leaks(values, planted) == sorted(values)


async def test_a_stored_case_that_its_events_do_not_tell_is_found() -> None:
    ground = FakeGround()
    played = await play(read_scenario(FILES[FIRST]), ground, govuk_calendar())
    (key,) = ground.store.kept.cases

    ground.store.kept.cases[key] = replace(ground.store.kept.cases[key], agreed_minutes=1)

    assert await faults(played, ground) == ["the events of graffiti tell another case than the stored one"]


async def test_a_clock_that_runs_and_a_timer_that_is_set_in_an_ended_case_are_found() -> None:
    ground = FakeGround()
    played = await play(read_scenario(FILES[FIRST]), ground, govuk_calendar())
    (key,) = ground.store.kept.cases
    ended = ground.store.kept.cases[key]

    running = tuple(replace(clock, status=ClockStatus.RUNNING) for clock in ended.clocks[-1:])
    ground.store.kept.cases[key] = replace(ended, clocks=running)
    ground.store.kept.timers[*key, "breach:completion"] = KeptTimer(
        due_at=ended.received_at, generation=1, command=BreachClock(clock="completion")
    )

    found = await faults(played, ground)
    assert "graffiti has ended, and breach:completion is set" in found
    assert f"graffiti has ended, and {running[0].name} from None runs" in found
