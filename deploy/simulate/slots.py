"""Choosing a dated session as a caseworker would: of the plan's activity, soon enough, and right for the age."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from deploy.simulate.finding import dated_sessions
from deploy.simulate.life import Life
from deploy.simulate.plans import LONDON, OF_AGE

WORKSHOP = "asb_workshop"
# Under this age: at most so many minutes a session, and not in school hours.
LONGEST = ((14, 120, True), (16, 180, True), (OF_AGE, 210, False))
SCHOOL_ENDS, SATURDAY = time(15, 30), 5
AHEAD = timedelta(days=21)


async def candidates(life: Life, activities: set[str], after: datetime) -> list[dict[str, Any]]:
    """Return sessions worth asking for, soonest first; the rules have the last word."""
    dated = await dated_sessions(life.world, life.file.provider)
    return list(_fitting(life, [dict(slot) for slot in dated], activities, after))


def _fitting(
    life: Life, dated: list[dict[str, Any]], activities: set[str], after: datetime
) -> Iterator[dict[str, Any]]:
    for slot in dated:
        starts, ends = instant(slot["starts_at"]), instant(slot["ends_at"])
        soon = after <= starts <= after + AHEAD
        open_yet = slot["activity"] in activities and slot["id"] not in life.world.full
        if soon and open_yet and _fits_age(life.plan.who.age, starts, ends):
            yield slot


def _fits_age(age: int, starts: datetime, ends: datetime) -> bool:
    for under, minutes, school in LONGEST:
        if age < under:
            in_school = school and starts.weekday() < SATURDAY and starts.time() < SCHOOL_ENDS
            return ends - starts <= timedelta(minutes=minutes) and not in_school
    return True


def instant(text: str) -> datetime:
    """Return an instant of the API, in London."""
    return datetime.fromisoformat(text).astimezone(LONDON)
