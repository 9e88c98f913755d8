"""Outcomes go out once a period, at a stated local time."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from workflow.rules.release import last_release, next_release
from workflow.schemes.parts import Release

WEDNESDAYS_AT_SIX = Release(weeks=1, weekday="wednesday", at=time(6))


def test_the_last_release_is_the_latest_stated_weekday_and_time():
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)

    assert last_release(WEDNESDAYS_AT_SIX, friday) == datetime(2026, 3, 4, 6, tzinfo=UTC)


def test_before_the_hour_of_the_day_itself_the_week_before_counts():
    early = datetime(2026, 3, 4, 5, 59, tzinfo=UTC)

    assert last_release(WEDNESDAYS_AT_SIX, early) == datetime(2026, 2, 25, 6, tzinfo=UTC)


def test_the_next_release_keeps_its_local_time_across_summer_time():
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)

    assert next_release(WEDNESDAYS_AT_SIX, friday) == datetime(2026, 4, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_outcomes_go_out_every_so_many_weeks_whenever_one_looks(weeks):
    release = Release(weeks=weeks, weekday="wednesday", at=time(6))
    looked = [datetime(2026, 1, 7, 12, tzinfo=UTC) + timedelta(days=day) for day in range(70)]

    released = sorted({last_release(release, now) for now in looked})

    apart = {later - earlier for earlier, later in pairwise(released)}
    assert {one.weekday() for one in released} == {2}
    assert apart == {timedelta(weeks=weeks)}
    assert all(next_release(release, now) - last_release(release, now) == timedelta(weeks=weeks) for now in looked)
