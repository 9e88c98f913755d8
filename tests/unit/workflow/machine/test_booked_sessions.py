from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import work
from tests.builders.sessions import DAY, HOUR, NOW, a_case, a_session, a_slot, an_id, attended, some_facts
from workflow.machine.decision import CancelTimer, ClaimPlace, ReleasePlace
from workflow.machine.decisions.sessions import RULES
from workflow.rules.refusals import Refusal


def asked(case, command, facts, now=NOW):
    return RULES[type(command)](case, command, facts, now)


def refused(case, command, facts, now=NOW):
    with pytest.raises(Refusal) as refusal:
        asked(case, command, facts, now)
    return refusal.value.code


def test_a_moved_session_keeps_its_id_gives_its_place_back_and_is_reminded_of_anew():
    session = a_session(starts_at=NOW + DAY)
    slot = a_slot("second", NOW + 3 * DAY)
    command = c.RescheduleSession(session=session.id, slot="second", asked_by="participant")

    decision = asked(a_case(v.CaseState.SCHEDULED, session), command, some_facts(slot))

    assert decision.facts[0].session == session.id
    assert decision.claims == (ReleasePlace(slot="first", place=1), ClaimPlace(slot="second", place=1))
    assert decision.timers[0].due_at == NOW + 2 * DAY


def test_a_session_moved_to_a_near_time_loses_its_reminder():
    session = a_session(starts_at=NOW + 3 * DAY)
    command = c.RescheduleSession(session=session.id, slot="second", asked_by="provider")

    decision = asked(a_case(v.CaseState.SCHEDULED, session), command, some_facts(a_slot("second", NOW + HOUR)))

    assert decision.timers == (CancelTimer(name=f"remind:{session.id}"),)


def test_a_session_may_move_within_its_own_time():
    session = a_session(starts_at=NOW + DAY)
    command = c.RescheduleSession(session=session.id, slot="second", asked_by="provider")

    decision = asked(a_case(v.CaseState.SCHEDULED, session), command, some_facts(a_slot("second")))

    assert decision.facts[0].slot == "second"


@pytest.mark.parametrize(
    ("session", "slot", "code"),
    [
        (a_session(starts_at=NOW), "second", "session_has_begun"),
        (a_session(starts_at=NOW + DAY), "first", "slot_is_the_same"),
        (attended(), "second", "attendance_is_recorded"),
        (a_session(cancelled=True), "second", "session_is_cancelled"),
    ],
)
def test_only_an_open_session_that_lies_ahead_moves_to_another_slot(session, slot, code):
    command = c.RescheduleSession(session=session.id, slot=slot, asked_by="participant")

    assert refused(a_case(v.CaseState.ACTIVE, session), command, some_facts(a_slot(slot))) == code


def test_a_session_nobody_knows_is_refused():
    command = c.CancelSession(session=an_id("unknown"), reason="weather")

    assert refused(a_case(), command, some_facts()) == "session_unknown"


def test_a_session_the_provider_cancels_gives_its_place_back_and_counts_against_nobody():
    session = a_session(starts_at=NOW + DAY)

    decision = asked(
        a_case(v.CaseState.SCHEDULED, session), c.CancelSession(session=session.id, reason="weather"), some_facts()
    )

    assert decision.facts == (work.SessionCancelled(session=session.id, reason="weather"),)
    assert decision.claims == (ReleasePlace(slot="first", place=1),)
    assert decision.timers == (CancelTimer(name=f"remind:{session.id}"),)


def test_a_session_is_stopped_for_safety_while_it_runs():
    session = a_session(starts_at=NOW - HOUR)
    command = c.StopSession(session=session.id, ended_at=NOW - HOUR / 2, reason="hazard")

    decision = asked(a_case(v.CaseState.SCHEDULED, session), command, some_facts())

    assert decision.facts == (work.SessionStopped(session=session.id, ended_at=NOW - HOUR / 2, reason="hazard"),)


@pytest.mark.parametrize("ended_at", [NOW - 2 * HOUR, NOW + HOUR / 2, NOW + 5 * HOUR])
def test_a_session_is_not_stopped_outside_its_time_or_in_the_future(ended_at):
    session = a_session(starts_at=NOW - HOUR)
    command = c.StopSession(session=session.id, ended_at=ended_at, reason="hazard")

    assert refused(a_case(v.CaseState.SCHEDULED, session), command, some_facts()) == "stop_outside_session"


def test_a_participant_is_reminded_of_a_session_that_lies_ahead():
    session = a_session(starts_at=NOW + DAY)

    decision = asked(a_case(v.CaseState.SCHEDULED, session), c.RemindOfSession(session=session.id), some_facts())

    assert decision.facts == (work.SessionReminded(session=session.id),)
    assert decision.timers == ()


def test_where_policy_reminds_twice_the_first_reminder_sets_the_second():
    session = a_session(starts_at=NOW + 2 * DAY)
    facts = some_facts()
    facts = replace(facts, policy=facts.policy.model_copy(update={"reminder_hours": (48, 24)}))

    decision = asked(a_case(v.CaseState.SCHEDULED, session), c.RemindOfSession(session=session.id), facts)

    assert [timer.due_at for timer in decision.timers] == [NOW + timedelta(hours=24)]


@pytest.mark.parametrize(
    "session",
    [a_session(starts_at=NOW), a_session(starts_at=NOW + DAY, cancelled=True), attended(), a_session("other")],
)
def test_nobody_is_reminded_of_a_session_that_is_over_or_cancelled(session):
    command = c.RemindOfSession(session=an_id("first"))

    assert refused(a_case(v.CaseState.ACTIVE, session), command, some_facts()) == "reminder_needless"
