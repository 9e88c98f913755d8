"""A case of many sessions: what can be done about the latest is offered, however many came before it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from schemas.vocabulary import AttendanceOutcome
from tests.builders.browsing import a_browser, a_session_that_is_over

BEFORE = 12


@pytest.fixture
async def last(staff, case_id):
    """The session that is over, behind as many as a long case has."""
    await a_session_that_is_over(staff, case_id)
    case = staff.store.kept.cases["derbyshire", case_id]
    (session,) = case.sessions
    earlier = tuple(
        replace(
            session,
            id=UUID(int=1000 + days),
            outcome=AttendanceOutcome.AAEM,
            starts_at=session.starts_at - timedelta(days=days),
            ends_at=session.ends_at - timedelta(days=days),
        )
        for days in range(BEFORE, 0, -1)
    )
    staff.store.kept.cases["derbyshire", case_id] = replace(case, sessions=(*earlier, session))
    return session


async def test_the_attendance_of_the_latest_of_many_sessions_can_be_recorded(staff, case_id, last):
    async with a_browser(staff, "supervisor-1") as client:
        page = await client.get(f"/cases/{case_id}/sessions/{last.id}/attendance")

    assert page.status_code == 200


async def test_the_latest_of_many_sessions_can_be_stopped(staff, case_id, last):
    staff.clock.at = last.starts_at + timedelta(minutes=30)

    async with a_browser(staff, "supervisor-1") as client:
        page = await client.get(f"/cases/{case_id}/do/StopSession")

    assert page.status_code == 200
