from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Authority, ClockOrigin
from workflow.rules.calendar import Calendar, computed_holidays, end_of_day
from workflow.rules.limits import Pause, limit_due, may_pause, may_roll, paused_time, return_by
from workflow.schemes.parts import Limit
from workflow.schemes.words import LimitUnit

CALENDAR = Calendar(holidays=computed_holidays(2026) | computed_holidays(2027), last_known_year=2027)
FRIDAY = datetime(2026, 9, 11, 9, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)


def a_limit(**changes):
    fields = {"name": "completion", "length": 16, "unit": LimitUnit.WEEKS, "origin": ClockOrigin.DISPOSAL}
    rules = {"authority": Authority.CODE, "pauses": False, "rolls": False}
    return Limit(**{**fields, **rules, **changes})


def a_pause(days, start=FRIDAY):
    return Pause(started_at=start, ended_at=start + timedelta(days=days))


def test_sixteen_weeks_may_end_on_a_bank_holiday_and_stay_there():
    due = limit_due(a_limit(), FRIDAY, CALENDAR)

    assert due.due_on == NEW_YEAR
    assert due.passes_at == datetime(2027, 1, 2, tzinfo=UTC)


def test_a_limit_that_rolls_moves_on_to_the_next_working_day():
    assert limit_due(a_limit(rolls=True), FRIDAY, CALENDAR).due_on == date(2027, 1, 4)


def test_a_limit_that_leaves_out_its_last_day_ends_the_day_before():
    due = limit_due(a_limit(last_day_included=False), FRIDAY, CALENDAR)

    assert due.due_on == date(2026, 12, 31)
    assert due.passes_at == datetime(2027, 1, 1, tzinfo=UTC)


def test_an_exceptional_case_may_take_the_longer_length_where_there_is_one():
    assert limit_due(a_limit(extends_to=20), FRIDAY, CALENDAR, extended=True).due_on == date(2027, 1, 29)
    assert limit_due(a_limit(), FRIDAY, CALENDAR, extended=True).due_on == NEW_YEAR


@pytest.mark.parametrize(
    ("unit", "length", "due_on"),
    [
        (LimitUnit.WORKING_DAYS, 10, date(2026, 9, 25)),
        (LimitUnit.DAYS, 10, date(2026, 9, 21)),
        (LimitUnit.WEEKS, 2, date(2026, 9, 25)),
        (LimitUnit.MONTHS, 4, date(2027, 1, 11)),
        (LimitUnit.ELAPSED_HOURS, 48, date(2026, 9, 13)),
    ],
)
def test_each_unit_counts_in_its_own_way(unit, length, due_on):
    assert limit_due(a_limit(unit=unit, length=length), FRIDAY, CALENDAR).due_on == due_on


def test_elapsed_hours_pass_at_their_instant_and_dates_at_the_end_of_their_day():
    hours = limit_due(a_limit(unit=LimitUnit.ELAPSED_HOURS, length=48), FRIDAY, CALENDAR)
    days = limit_due(a_limit(unit=LimitUnit.DAYS, length=2), FRIDAY, CALENDAR)

    assert hours.passes_at == FRIDAY + timedelta(hours=48)
    assert days.passes_at == end_of_day(days.due_on)


@pytest.mark.parametrize(
    ("unit", "length", "due_on"),
    [
        (LimitUnit.DAYS, 10, date(2026, 9, 25)),
        (LimitUnit.ELAPSED_HOURS, 48, date(2026, 9, 17)),
        # Friday to Tuesday holds two working days after the Friday.
        (LimitUnit.WORKING_DAYS, 10, date(2026, 9, 29)),
    ],
)
def test_a_limit_that_pauses_gains_what_was_paused_in_its_own_unit(unit, length, due_on):
    limit = a_limit(unit=unit, length=length, authority=Authority.POLICY, pauses=True)

    assert limit_due(limit, FRIDAY, CALENDAR, pauses=(a_pause(4),)).due_on == due_on


def test_a_limit_that_does_not_pause_runs_on():
    assert limit_due(a_limit(), FRIDAY, CALENDAR, pauses=(a_pause(30),)) == limit_due(a_limit(), FRIDAY, CALENDAR)


def test_paused_time_is_the_sum_of_the_pauses():
    assert paused_time((a_pause(1), a_pause(2, FRIDAY + timedelta(days=5)))) == timedelta(days=3)


def test_a_case_that_fails_goes_back_ahead_of_its_limit():
    assert return_by(NEW_YEAR, 28) == date(2026, 12, 4)


def test_only_a_limit_that_asks_for_working_days_can_be_provisional():
    late = datetime(2027, 12, 20, 9, tzinfo=UTC)
    working = a_limit(unit=LimitUnit.WORKING_DAYS, length=20)

    assert limit_due(working, late, CALENDAR).is_provisional
    assert limit_due(a_limit(rolls=True), late, CALENDAR).is_provisional
    assert not limit_due(a_limit(), late, CALENDAR).is_provisional
    assert not limit_due(working, FRIDAY, CALENDAR).is_provisional


@given(
    unit=st.sampled_from(LimitUnit),
    length=st.integers(min_value=1, max_value=60),
    start=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    days=st.integers(min_value=1, max_value=90),
)
def test_a_statute_never_pauses_and_never_rolls_even_if_its_row_says_so(unit, length, start, days):
    honest = a_limit(unit=unit, length=length, authority=Authority.STATUTE)
    tampered = honest.model_copy(update={"pauses": True, "rolls": True})

    assert not may_pause(tampered)
    assert not may_roll(tampered)
    assert limit_due(tampered, start, CALENDAR, pauses=(a_pause(days, start),)) == limit_due(honest, start, CALENDAR)
