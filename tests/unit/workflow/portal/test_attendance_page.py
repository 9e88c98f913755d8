import re

import pytest

from schemas.vocabulary import AttendanceOutcome
from tests.builders.browsing import a_browser, a_session_that_is_over, hidden


@pytest.fixture
async def over(staff, case_id):
    """The address of the attendance page of a session that is over."""
    session = await a_session_that_is_over(staff, case_id)
    return f"/cases/{case_id}/sessions/{session.id}/attendance"


async def _recorded(client, address, **typed):
    form = (await client.get(address)).text
    sent = {name: hidden(form, name) for name in ("csrf", "version", "once")}
    proposed = {name: re.search(f'name="{name}"[^>]*value="([^"]*)"', form)[1] for name in ("started_at", "ended_at")}
    return await client.post(address, data=sent | proposed | typed)


async def test_who_did_not_come_needs_no_times_to_be_emptied(staff, case_id, over):
    async with a_browser(staff, "manager-1") as client:
        answer = await _recorded(client, over, outcome="UACP")

    assert answer.status_code == 303
    assert staff.store.kept.cases["derbyshire", case_id].sessions[0].outcome == "UACP"


async def test_what_was_typed_about_an_attendance_stands_there_after_a_refusal(staff, over):
    async with a_browser(staff, "manager-1") as client:
        answer = await _recorded(client, over, outcome="AFDA", ended_at="2026-03-01T09:00", penalty_minutes="5")

    assert answer.status_code == 422
    assert re.search(r'value="AFDA" required checked', answer.text)
    assert 'value="2026-03-01T09:00"' in answer.text
    assert 'role="alert"' in answer.text


async def test_nothing_is_proposed_of_what_somebody_must_state(staff, case_id, over):
    async with a_browser(staff, "manager-1") as client:
        form = (await client.get(over)).text
        answer = await _recorded(client, over)

    outcomes = re.findall(r'<input type="radio" name="outcome" value="\w+"([^>]*)>([^<]*)', form)
    assert len(outcomes) == len(AttendanceOutcome)
    assert {attributes for attributes, _ in outcomes} == {" required"}
    assert not [words for _, words in outcomes if re.search(r"\b[A-Z]{4}\b|[A-Z]{2}\d\d", words)]
    assert answer.status_code == 422
    assert '<a href="#outcome">What happened?: this is needed.</a>' in answer.text
    assert staff.store.kept.cases["derbyshire", case_id].sessions[0].outcome is None


async def test_what_was_recorded_is_corrected_on_the_same_page(staff, case_id, over):
    async with a_browser(staff, "manager-1") as client:
        await _recorded(client, over, outcome="UACP")
        chosen = await client.get(f"/cases/{case_id}/do/CorrectAttendance")
        answer = await _recorded(client, over, outcome="AAME")

    assert chosen.headers["location"] == over
    assert answer.status_code == 303
    assert staff.store.kept.events["derbyshire", case_id][-1].fact.wire == "case.session.corrected"
    assert staff.store.kept.cases["derbyshire", case_id].sessions[0].outcome == "AAME"
