"""What facts about clocks and ends leave behind."""

from datetime import timedelta

import pytest

from schemas import vocabulary as v
from schemas.events import intake, life, work
from tests.builders.sessions import NOW, a_case, a_clock, an_id, clocks_stopped
from tests.builders.tellings import recorded
from workflow.case.evolve import evolve


def after(case, *facts):
    for fact in facts:
        case = evolve(case, recorded(fact, case, occurred_at=NOW))
    return case


@pytest.mark.parametrize(
    ("fact", "status"),
    [
        (intake.ClockBreached(clock="start_48h", origin="referral_sent"), v.ClockStatus.MISSED),
        (intake.BreachWithdrawn(clock="start_48h", origin="referral_sent"), v.ClockStatus.MET),
        (clocks_stopped(v.ClockStatus.MET), v.ClockStatus.MET),
        (
            intake.ClockCorrected(clock="start_48h", origin="referral_sent", was="met", status="missed"),
            v.ClockStatus.MISSED,
        ),
        (
            intake.ClocksStarted(clocks=(intake.StartedClock(clock="start_48h", origin="referral_sent"),)),
            v.ClockStatus.RUNNING,
        ),
    ],
)
def test_a_fact_about_one_clock_leaves_the_others_alone(fact, status):
    other = a_clock(v.ClockOrigin.BEHAVIOUR_FROM)

    case = after(a_case(clocks=(other, a_clock())), fact)

    assert case.clock("start_48h", v.ClockOrigin.REFERRAL_SENT).status is status
    assert case.clock("start_48h", v.ClockOrigin.BEHAVIOUR_FROM) == other


def test_people_outside_see_a_missed_clock_run_until_they_are_told():
    clock = {"clock": "start_48h", "origin": "referral_sent"}

    missed = after(a_case(clocks=(a_clock(),)), intake.ClockBreached(**clock))
    told = after(missed, intake.BreachTold(**clock))

    assert [one.shown for one in missed.clocks] == [v.ClockStatus.RUNNING]
    assert [one.shown for one in told.clocks] == [v.ClockStatus.MISSED]


@pytest.mark.parametrize(
    "end",
    [
        life.CaseWithdrawn(by="referrer"),
        life.CaseTransferred(provider="restoring", to_case=an_id("there")),
        work.CaseReturned(reason="refused"),
    ],
)
def test_a_pause_is_over_when_the_case_ends(end):
    began = NOW - timedelta(hours=5)

    ended = after(a_case(v.CaseState.PAUSED, paused_from=v.CaseState.ACTIVE, paused_at=began), end)

    assert (ended.paused_at, ended.paused_from, ended.pauses) == (None, None, ((began, NOW),))
