"""When outcomes go out: once a period, at a stated local time, so that no row tells its hour (contracts section 1)."""

from datetime import datetime, timedelta

from workflow.rules.calendar import LONDON, local
from workflow.schemes.parts import Release

# What happens at the very instant of a release is still in it, whoever is faster.
SETTLE = timedelta(minutes=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def last_release(release: Release, now: datetime) -> datetime:
    """Return the latest release instant at or before `now`, in local time; only every so many weeks is one."""
    here = local(now)
    back = (here.weekday() - WEEKDAYS.index(str(release.weekday))) % 7
    at = datetime.combine((here - timedelta(days=back)).date(), release.at, LONDON)
    latest = at if at <= now else _weeks_later(at, -1, release)
    return _weeks_later(latest, -(_week(latest) % release.weeks), release)


def next_release(release: Release, now: datetime) -> datetime:
    """Return the first release instant after `now`, in local time."""
    return _weeks_later(last_release(release, now), release.weeks, release)


def _week(at: datetime) -> int:
    """Weeks are counted from one Monday long ago, so that a restart begins no new period."""
    return (at.toordinal() - 1) // 7


def _weeks_later(at: datetime, weeks: int, release: Release) -> datetime:
    return datetime.combine(at.date() + timedelta(weeks=weeks), release.at, LONDON)
