"""What a row says is read as today's model, whichever release stored it."""

from uuid import UUID

import orjson
import pytest

from schemas import commands
from schemas.events.life import CasePaused
from schemas.registry import UnknownContract
from schemas.upcasts import MissingUpcast
from schemas.vocabulary import ClockOrigin
from tests.builders.kept_cases import accepted, received
from workflow.store.rows import command_bytes, command_of, event_rows, recorded_of

WIRE = "case.life.paused"


class PausedInOtherWords(CasePaused):
    """As paused might be a version on."""

    version = 1
    cause: str
    reason: str = ""


def a_stored_row(fact, version):
    """The row of a fact, as the release of that version stored it."""
    (row,) = event_rows([accepted()])
    payload = orjson.loads(row.payload) | {"fact": fact}
    return row._replace(type=WIRE, version=version, payload=orjson.dumps(payload))


def test_a_fact_comes_back_as_it_was_stored():
    facts = [received(), accepted()]

    assert [recorded_of(row) for row in event_rows(facts)] == facts


def test_a_fact_of_an_older_release_is_brought_up(monkeypatch):
    monkeypatch.setattr("schemas.registry.EVENTS", {WIRE: PausedInOtherWords})
    upcasts = {(WIRE, 0): lambda payload: {"cause": payload["reason"]}}

    recorded = recorded_of(a_stored_row({"reason": "exams"}, 0), upcasts)

    assert recorded.fact == PausedInOtherWords(cause="exams")
    assert recorded_of(a_stored_row({"cause": "exams"}, 1), upcasts).fact == recorded.fact


def test_a_step_that_nobody_wrote_and_a_release_to_come_are_named(monkeypatch):
    monkeypatch.setattr("schemas.registry.EVENTS", {WIRE: PausedInOtherWords})

    with pytest.raises(MissingUpcast):
        recorded_of(a_stored_row({"reason": "exams"}, 0), {})
    with pytest.raises(UnknownContract):
        recorded_of(a_stored_row({"cause": "exams"}, 2))


@pytest.mark.parametrize(
    "command",
    [
        commands.BreachClock(clock="start_48h", origin=ClockOrigin.DISPOSAL),
        commands.WarnOfClock(clock="completion"),
        commands.RemindOfSession(session=UUID(int=7)),
    ],
)
def test_a_timer_keeps_what_its_command_says_and_no_more(command):
    stored = command_bytes(command)

    assert command_of(stored) == command
    assert None not in orjson.loads(stored)["data"].values()
