"""When outcomes go out: once a period, at a stated local time, so that no row tells its hour (contracts section 1)."""

from datetime import datetime, timedelta

from workflow.rules.calendar import LONDON, local
from workflow.schemes.parts import Release

# What happens at the very instant of a release is still in it, whoever is faster.
SETTLE = timedelta(minutes=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def last_release(release: Release, now: datetime) -> datetime:
    """Return the latest weekly release instant at or before `now`, in local time."""
    here = local(now)
    back = (here.weekday() - WEEKDAYS.index(str(release.weekday))) % 7
    day = (here - timedelta(days=back)).date()
    at = datetime.combine(day, release.at, LONDON)
    return at if at <= now else datetime.combine(day - timedelta(days=7), release.at, LONDON)


def next_release(release: Release, now: datetime) -> datetime:
    """Return the first weekly release instant after `now`, in local time."""
    following = last_release(release, now).date() + timedelta(days=7)
    return datetime.combine(following, release.at, LONDON)
