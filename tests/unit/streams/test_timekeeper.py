from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from schemas.commands import RemindOfSession
from streams.timekeeper import Timekeeper
from workflow.ports import DueTimer, FiredTimer, StoreDownError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ONE, BROKEN, OTHER = (UUID(int=number) for number in (1, 2, 3))


class FakeOffice:
    """Fires what it is asked to, but for a case whose rows the database will not take."""

    def __init__(self, error):
        self.error, self.fired, self.parked = error, [], []

    async def handle_all(self, shares, *, position=None):
        (share,) = shares
        if any(request.case_id == BROKEN for request in share.requests):
            raise self.error
        self.fired += [request.case_id for request in share.requests]
        self.parked += [one.case_id for one in share.quarantined if one.parks]


class FakeTimers:
    """What is due, once."""

    def __init__(self, *cases):
        self.cases = cases

    async def due(self, shards, now, most):
        found, self.cases = self.cases, ()
        return [a_timer(case) for case in found]


class FakeShards:
    async def held(self):
        return {0: 1}


def a_timer(case):
    timer = FiredTimer(case_id=case, name="reminder", generation=1)
    return DueTimer(tenant="derbyshire", timer=timer, due_at=NOW, command=RemindOfSession(session=case))


def a_timekeeper(office, *cases):
    return Timekeeper(office=office, timers=FakeTimers(*cases), shards=FakeShards(), clock=None, waker=None)


async def test_a_timer_whose_rows_are_never_taken_parks_its_case_and_holds_up_no_other():
    office = FakeOffice(asyncpg.NotNullViolationError("a column"))

    await a_timekeeper(office, ONE, BROKEN, OTHER).fire(NOW)

    assert (office.fired, office.parked) == ([ONE, OTHER], [BROKEN])


async def test_a_database_that_is_away_is_no_fault_of_a_timer():
    office = FakeOffice(StoreDownError("away"))

    with pytest.raises(StoreDownError):
        await a_timekeeper(office, ONE, BROKEN).fire(NOW)

    assert office.parked == []
