from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import ClockOrigin, ClockStatus, Door
from workflow.rules.calendar import LONDON, local
from workflow.rules.clocks import due_at, start_origins, status_at_start, status_now, warn_at
from workflow.schemes.parts import StartClock

POLICY = StartClock(hours=48, origin=ClockOrigin.REFERRAL_SENT, pauses=False, warn_before_hours=12)
PAUSING = POLICY.model_copy(update={"pauses": True})
SENT = datetime(2026, 6, 9, 15, 10, tzinfo=UTC)
DUE = SENT + timedelta(hours=48)
MINUTE = timedelta(minutes=1)
OFFSETS = st.integers(min_value=-10_000, max_value=10_000).map(lambda n: DUE + n * MINUTE)


def origins_on(door, **changes):
    supplied = {"police_decided_at": SENT - 2 * MINUTE, "disposal_at": SENT - MINUTE}
    return start_origins(door, behaviour_from=SENT - timedelta(days=3), sent_at=SENT, **{**supplied, **changes})


def test_all_four_origins_are_computed_on_the_crime_door():
    assert None not in origins_on(Door.CRIME_OOCR).values()
    assert set(origins_on(Door.CRIME_OOCR)) == set(ClockOrigin)


def test_no_disposal_exists_on_the_no_crime_door():
    assert origins_on(Door.NO_CRIME)[ClockOrigin.DISPOSAL] is None


def test_an_origin_never_supplied_has_no_instant():
    assert origins_on(Door.CRIME_OOCR, police_decided_at=None)[ClockOrigin.POLICE_DECIDED] is None


@pytest.mark.parametrize(
    ("origin", "due"),
    [
        (datetime(2026, 3, 27, 18, tzinfo=LONDON), "2026-03-29T19:00:00+01:00"),
        (datetime(2026, 10, 23, 18, tzinfo=LONDON), "2026-10-25T17:00:00+00:00"),
    ],
)
def test_the_hours_are_elapsed_hours_also_when_the_clocks_change(origin, due):
    assert local(due_at(origin, POLICY)).isoformat() == due


def test_a_pause_moves_the_clock_only_where_policy_says_so():
    paused = timedelta(hours=5)

    assert due_at(SENT, POLICY, paused=paused) == DUE
    assert due_at(SENT, PAUSING, paused=paused) == DUE + paused


def test_the_warning_comes_before_the_clock_is_due():
    assert warn_at(DUE, POLICY) == DUE - timedelta(hours=12)


def test_a_start_at_the_last_instant_meets_the_clock():
    assert status_at_start(SENT, DUE, POLICY) is ClockStatus.MET
    assert status_at_start(SENT, DUE + MINUTE, POLICY) is ClockStatus.MISSED
    assert status_at_start(SENT, DUE + MINUTE, PAUSING, paused=MINUTE) is ClockStatus.MET


def test_a_clock_without_its_origin_does_not_apply():
    assert status_at_start(None, DUE, POLICY) is ClockStatus.NOT_APPLICABLE
    assert status_now(None, started_at=DUE, ended_at=None, now=DUE) is ClockStatus.NOT_APPLICABLE


def test_a_clock_runs_until_it_is_due():
    assert status_now(DUE, started_at=None, ended_at=None, now=DUE - MINUTE) is ClockStatus.RUNNING
    assert status_now(DUE, started_at=None, ended_at=None, now=DUE) is ClockStatus.MISSED


def test_a_case_that_ends_before_it_is_due_ends_the_clock_unstarted():
    assert status_now(DUE, started_at=None, ended_at=DUE - MINUTE, now=DUE + MINUTE) is ClockStatus.ENDED_UNSTARTED


def test_due_passing_before_the_case_ends_is_a_miss():
    assert status_now(DUE, started_at=None, ended_at=DUE + MINUTE, now=DUE + 2 * MINUTE) is ClockStatus.MISSED


@given(started=OFFSETS, now=OFFSETS)
def test_paperwork_that_comes_late_is_judged_on_when_the_start_occurred(started, now):
    recorded = max(started, now)

    status = status_now(DUE, started_at=started, ended_at=None, now=recorded)

    assert status is status_at_start(SENT, started, POLICY)
    assert status is (ClockStatus.MET if started <= DUE else ClockStatus.MISSED)


@given(ended=st.none() | OFFSETS, now=OFFSETS, later=st.integers(min_value=0, max_value=10_000))
def test_a_miss_without_a_start_stays_a_miss(ended, now, later):
    missed = status_now(DUE, started_at=None, ended_at=ended, now=now) is ClockStatus.MISSED

    still = status_now(DUE, started_at=None, ended_at=ended, now=now + later * MINUTE) is ClockStatus.MISSED

    assert still or not missed
