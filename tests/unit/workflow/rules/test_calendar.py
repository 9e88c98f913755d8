from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.calendar import govuk_calendar
from workflow.rules.calendar import (
    LONDON,
    Calendar,
    add_elapsed_hours,
    add_months,
    add_working_days,
    computed_holidays,
    easter_sunday,
    end_of_day,
    local,
    local_day,
    next_working_day,
    start_of_day,
    working_days_between,
)

OF_2026 = frozenset(
    {date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4)}
    | {date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28)}
)
OF_2027 = frozenset(
    {date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3)}
    | {date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28)}
)
CALENDAR = Calendar(holidays=OF_2026 | OF_2027, last_known_year=2027)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("event", "n", "due"),
    [
        (date(2026, 4, 2), 5, date(2026, 4, 13)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 4, 2), 2, date(2026, 4, 8)),
        (date(2026, 12, 18), 10, date(2027, 1, 6)),
        (date(2026, 6, 10), 0, date(2026, 6, 10)),
    ],
)
def test_the_day_of_the_event_is_day_0_and_holidays_are_skipped(event, n, due):
    assert add_working_days(event, n, CALENDAR) == due


@pytest.mark.parametrize(("year", "holidays"), [(2026, OF_2026), (2027, OF_2027)])
def test_the_holidays_computed_by_rule_are_those_published(year, holidays):
    assert computed_holidays(year) == holidays


def test_both_days_of_christmas_on_a_weekend_move_to_monday_and_tuesday():
    assert {date(2021, 12, 27), date(2021, 12, 28)} <= computed_holidays(2021)
    assert {date(2022, 12, 26), date(2022, 12, 27)} <= computed_holidays(2022)
    assert date(2022, 1, 3) in computed_holidays(2022)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1981, date(1981, 4, 19)), (2008, date(2008, 3, 23)), (2024, date(2024, 3, 31)), (2038, date(2038, 4, 25))],
)
def test_easter_falls_where_the_tables_have_it(year, sunday):
    assert easter_sunday(year) == sunday


def test_beyond_the_last_published_year_holidays_are_computed_and_provisional():
    new_year = date(2028, 1, 3)

    assert CALENDAR.is_provisional(new_year)
    assert CALENDAR.is_holiday(new_year)
    assert not CALENDAR.is_provisional(date(2027, 12, 31))


def test_within_the_published_years_only_what_is_published_counts():
    moved_by_proclamation = Calendar(holidays=OF_2026 - {date(2026, 5, 4)}, last_known_year=2026)

    assert moved_by_proclamation.is_working_day(date(2026, 5, 4))


@pytest.mark.parametrize(
    ("start", "hours", "shown"),
    [
        (datetime(2026, 3, 27, 18, tzinfo=LONDON), 48, "2026-03-29T19:00:00+01:00"),
        (datetime(2026, 10, 23, 18, tzinfo=LONDON), 48, "2026-10-25T17:00:00+00:00"),
    ],
)
def test_48_hours_are_real_hours_across_summer_time(start, hours, shown):
    assert local(add_elapsed_hours(start, hours)).isoformat() == shown


def test_an_instant_without_a_time_zone_is_no_instant():
    with pytest.raises(ValueError, match="time zone"):
        add_elapsed_hours(datetime(2026, 3, 27, 18), 48)  # noqa: DTZ001 - the mistake under test


def test_a_late_evening_in_utc_is_the_next_day_in_london_in_summer():
    assert local_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_lasts_from_local_midnight_to_local_midnight(day, hours):
    assert end_of_day(day) - start_of_day(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 15), 6, date(2026, 9, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_month_ends_on_the_corresponding_date_or_the_month_s_last_day(day, months, later):
    assert add_months(day, months) == later


@given(day=DAYS, n=st.integers(min_value=0, max_value=60))
def test_counting_back_finds_as_many_working_days_as_were_added(day, n):
    due = add_working_days(day, n, CALENDAR)

    assert working_days_between(day, due, CALENDAR) == n
    assert n == 0 or CALENDAR.is_working_day(due)


@given(day=DAYS)
def test_rolling_stops_at_the_first_working_day(day):
    rolled = next_working_day(day, CALENDAR)

    assert CALENDAR.is_working_day(rolled)
    assert working_days_between(day, rolled, CALENDAR) == (rolled != day)


@given(year=st.integers(min_value=1990, max_value=2100))
def test_every_year_has_eight_holidays_on_weekdays(year):
    holidays = computed_holidays(year)

    assert len(holidays) == 8
    assert all(day.weekday() < 5 and day.year == year for day in holidays)


def test_the_published_calendar_is_read_without_a_network():
    calendar = govuk_calendar()

    assert calendar.holidays >= OF_2026 | OF_2027
    assert calendar.last_known_year >= 2027
