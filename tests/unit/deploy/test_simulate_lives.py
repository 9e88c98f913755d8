from collections import Counter

import httpx
import pytest

from deploy.simulate.office import NoAnswerError, answered
from deploy.simulate.population import read_population
from schemas.vocabulary import ENDED_STATES, CaseState
from tests.unit.deploy.simulated_world import LastFirst, played

pytestmark = pytest.mark.slow
TELLING = {
    *("SessionMissed", "SessionCancelled", "SessionRescheduled", "SessionStopped", "AttendanceCorrected"),
    *("WarningIssued", "FinalWarningIssued", "WarningWithdrawn", "OfficerNotified", "HoursReopened", "TravelAdjusted"),
    *("InformationRequested", "InformationProvided", "ClearanceRequested", "ClearanceRecorded", "CasePaused"),
    *("CaseResumed", "ConsentWithdrawn", "MatchConfirmed", "MatchRejected", "ReferrerJoined", "ViewsRecorded"),
    *("UpdatesOnlyChosen", "InvolvementDeclined", "AffectedPersonWithdrew", "AffectedPersonUnreachable"),
    *("ContactForbidden", "ContactDetailsRecorded", "SatisfactionRecorded", "ResponsibilityRecorded"),
}


def facts_of(portal):
    return [one.fact for events in portal.store.kept.events.values() for one in events]


def told(portal):
    """What a run came to, fact by fact, without anything that depends on when the machine did it."""
    return {case: [one.fact for one in events] for case, events in portal.store.kept.events.items()}


async def test_every_named_part_is_played_to_an_end_by_the_real_rules(tmp_path):
    count = len(read_population().parts)

    portal, world = await played(seed=7, count=count, ledger_path=tmp_path / "ledger")

    cases, facts = portal.store.kept.cases.values(), Counter(type(fact).__name__ for fact in facts_of(portal))
    states = {case.state for case in cases}
    assert states == ENDED_STATES - {CaseState.ERASED}
    assert TELLING - set(facts) == set()
    assert "service_ended" not in {case.end_reason for case in cases}
    assert world.ledger.waiting == ()
    assert world.ledger.sent == count + 5


async def test_one_seed_gives_one_result(tmp_path):
    first, _ = await played(seed=3, count=25, ledger_path=tmp_path / "one")
    again, _ = await played(seed=3, count=25, ledger_path=tmp_path / "two")

    assert told(first) == told(again)
    assert len(told(first)) >= 25


async def test_it_does_not_matter_which_of_those_who_act_side_by_side_is_the_quickest(tmp_path):
    count = len(read_population().parts)

    first, _ = await played(seed=7, count=count, ledger_path=tmp_path / "one")
    other, _ = await played(seed=7, count=count, ledger_path=tmp_path / "two", kind_of_stage=LastFirst)

    assert told(first) == told(other)


async def test_no_session_holds_more_cases_than_it_has_places(tmp_path):
    portal, _ = await played(seed=11, count=40, ledger_path=tmp_path / "ledger")

    held = Counter(slot for _, slot, _ in portal.store.kept.places)
    capacity = {slot.id: slot.capacity for slot in portal.store.kept.slots.values()}

    assert held
    assert {slot for slot, number in held.items() if number > capacity[slot]} == set()


async def test_a_call_is_made_again_until_it_is_answered(tmp_path):
    _, world = await played(seed=7, count=1, ledger_path=tmp_path / "ledger")
    answers = [httpx.ConnectError("away"), httpx.Response(503), httpx.Response(409, json={"code": "case_parked"})]
    answers.append(httpx.Response(200))

    async def call():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert (await answered(world, call)).status_code == 200
    assert answers == []


async def test_a_call_that_is_never_answered_ends_with_an_error(tmp_path):
    _, world = await played(seed=7, count=1, ledger_path=tmp_path / "ledger")

    async def call():
        return httpx.Response(503)

    with pytest.raises(NoAnswerError):
        await answered(world, call)
