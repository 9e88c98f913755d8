import json

import pytest

from schemas.commands import COMMANDS, AcceptReferral
from schemas.events import EVENTS
from schemas.events.life import CasePaused
from schemas.notices import AgencyNotice
from schemas.registry import UnknownContract, contracts_of, dataschema, model_of, read_event
from schemas.upcasts import UPCASTS, MissingUpcast, brought_up
from tests.builders.samples import FOLDER, path_of

SAMPLES = sorted(path.name for path in FOLDER.glob("*.json"))


class PausedOnceMore(CasePaused):
    """As paused might be two versions on: in other words."""

    version = 2
    cause: str
    reason: str = ""


def the_renaming(payload):
    return {"cause": payload["reason"]}


def the_shouting(payload):
    return {"cause": payload["cause"].upper()}


def test_every_event_has_a_stored_sample_of_its_version():
    missing = [wire for wire, event in EVENTS.items() if not path_of(wire, event.version).exists()]

    assert missing == [], "run `python -m tests.builders.samples`"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_once_published_is_read_today_with_nothing_lost(name):
    wire, _, version = name.removesuffix(".json").rpartition(".v")
    stored = json.loads((FOLDER / name).read_text(encoding="utf-8"))

    event = read_event(wire, int(version), stored)

    today = brought_up((wire, int(version)), event.version, stored)
    assert is_kept(dict(today), event.model_dump(mode="json"))


def is_kept(stored, read):
    """Whether everything that was stored is read as it stood, however much is read beside it."""
    if isinstance(stored, dict):
        return all(name in read and is_kept(value, read[name]) for name, value in stored.items())
    if isinstance(stored, list):
        return len(stored) == len(read) and all(map(is_kept, stored, read))
    return stored == read


def test_a_field_that_is_no_longer_read_is_found():
    stored = json.loads(path_of("case.life.paused", 0).read_text(encoding="utf-8")) | {"dropped": "since"}

    event = read_event("case.life.paused", 0, stored)

    assert not is_kept(stored, event.model_dump(mode="json"))


def test_a_field_inside_a_field_that_is_no_longer_read_is_found():
    assert is_kept({"parts": [{"minutes": 1}]}, {"parts": [{"minutes": 1, "more": 2}]})
    assert not is_kept({"parts": [{"minutes": 1, "dropped": 2}]}, {"parts": [{"minutes": 1}]})
    assert not is_kept({"parts": [{"minutes": 1}]}, {"parts": []})


def test_an_old_payload_is_brought_up_step_by_step(monkeypatch):
    monkeypatch.setattr("schemas.registry.EVENTS", {"case.life.paused": PausedOnceMore})
    steps = {("case.life.paused", 0): the_renaming, ("case.life.paused", 1): the_shouting}

    event = read_event("case.life.paused", 0, {"reason": "exams"}, steps)

    assert event == PausedOnceMore(cause="EXAMS")


def test_a_payload_of_today_is_left_alone():
    payload = {"reason": "exams"}

    assert brought_up(("case.life.paused", 1), 1, payload, {("case.life.paused", 0): the_renaming}) is payload


def test_a_step_that_nobody_wrote_is_named():
    with pytest.raises(MissingUpcast) as missing:
        brought_up(("case.life.paused", 0), 2, {"reason": "exams"}, {("case.life.paused", 0): the_renaming})

    assert (missing.value.wire, missing.value.version) == ("case.life.paused", 1)


@pytest.mark.parametrize(("wire", "version"), [("case.life.paused", 1), ("case.life.slept", 0)])
def test_what_a_newer_release_wrote_is_unknown_rather_than_misread(wire, version):
    with pytest.raises(UnknownContract) as unknown:
        read_event(wire, version, {"reason": "exams"})

    assert (unknown.value.wire, unknown.value.version) == (wire, version)


def test_every_version_below_today_has_an_upcast():
    steps = {(wire, step) for wire, event in EVENTS.items() for step in range(event.version)}

    assert steps == set(UPCASTS)


@pytest.mark.parametrize("wire", [*COMMANDS, *EVENTS])
def test_a_wire_name_leads_to_its_model_and_back(wire):
    version = EVENTS[wire].version if wire in EVENTS else 0

    assert contracts_of(model_of(wire, version)) == ((wire, version),)


def test_the_agencies_share_one_notice():
    assert {wire for wire, _ in contracts_of(AgencyNotice)} == {
        "notices/police",
        "notices/youth_justice",
        "notices/housing",
    }


def test_a_wire_name_of_nobody_is_unknown():
    with pytest.raises(UnknownContract):
        model_of("AcceptEverything", 0)


def test_a_contract_is_named_as_records_name_it():
    ((wire, version),) = contracts_of(AcceptReferral)

    assert dataschema(wire, version) == "amends:/schemas/AcceptReferral/v0"
