"""Pauses and endings that are told of late: what they hold, and what they cannot be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.vocabulary import ClockOrigin, ClockStatus
from tests.builders import cases as b
from tests.builders.sessions import DAY, NOW, a_case, an_active_case, attended, some_facts
from workflow.machine.decisions.clock_facts import pause_clocks
from workflow.machine.decisions.life import RULES
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.refusals import Refusal

HOUR = timedelta(hours=1)
DUE = b.SENT_AT + 48 * HOUR
FACTS = b.some_facts(actor=TIMEKEEPER)
PAUSING = b.some_facts(actor=TIMEKEEPER, policy=b.a_policy().with_overrides({"clocks.start_48h.pauses": True}))


def asked(case, command):
    return RULES[type(command)](case, command, some_facts(), NOW)


def refused(case, command):
    with pytest.raises(Refusal) as refusal:
        asked(case, command)
    return refusal.value.code


def missed_at_the_sending(**changes):
    clocks = tuple(
        replace(clock, status=ClockStatus.MISSED, **changes) if clock.origin is ClockOrigin.REFERRAL_SENT else clock
        for clock in b.some_clocks()
    )
    return b.a_scheduled_case(clocks=clocks)


def test_a_pause_told_of_late_takes_back_the_breach_that_it_held():
    later = DUE + 5 * HOUR

    facts, _ = pause_clocks(missed_at_the_sending(), PAUSING, DUE - HOUR, later)
    in_vain, _ = pause_clocks(missed_at_the_sending(), PAUSING, DUE + HOUR, later)
    unmoved, _ = pause_clocks(missed_at_the_sending(), FACTS, DUE - HOUR, later)

    (corrected,) = facts
    assert (corrected.was, corrected.status, corrected.was_told) == (ClockStatus.MISSED, ClockStatus.RUNNING, True)
    assert in_vain == unmoved == ()


def test_a_clock_whose_instants_nobody_can_open_stays_as_it_is_through_a_pause():
    blind = replace(PAUSING, origins={})

    assert pause_clocks(missed_at_the_sending(), blind, DUE - HOUR, DUE + HOUR)[0] == ()


def test_a_pause_begins_after_the_one_before_it_and_a_case_goes_on_after_its_pause():
    rested = a_case(received_at=NOW - 9 * DAY, pauses=((NOW - 3 * DAY, NOW - DAY),))
    resting = a_case(v.CaseState.PAUSED, paused_from=v.CaseState.SCHEDULED, paused_at=NOW - DAY)

    assert refused(rested, c.PauseCase(reason="medical", occurred_at=NOW - 2 * DAY)) == "pauses_overlap"
    assert refused(rested, c.PauseCase(reason="medical", occurred_at=NOW - 10 * DAY)) == "pauses_overlap"
    assert asked(rested, c.PauseCase(reason="medical", occurred_at=NOW - DAY)).facts
    assert refused(resting, c.ResumeCase(occurred_at=NOW - 2 * DAY)) == "resumed_before_paused"


def test_a_case_ends_no_earlier_than_the_work_and_the_pauses_recorded_of_it():
    worked = an_active_case(attended(minutes=600), state=v.CaseState.HOURS_MET)
    resting = a_case(v.CaseState.PAUSED, paused_from=v.CaseState.SCHEDULED, paused_at=NOW - DAY)
    completion = c.CompleteCase(report_checked=True, quality="good", occurred_at=NOW - 30 * DAY)

    assert refused(worked, completion) == "ended_before_work"
    assert refused(resting, c.WithdrawCase(by="participant", occurred_at=NOW - 2 * DAY)) == "ended_before_work"
