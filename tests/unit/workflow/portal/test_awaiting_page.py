from dataclasses import replace

import pytest

from schemas.vocabulary import CaseState
from tests.builders.browsing import a_browser


@pytest.fixture
def awaiting(staff, case_id):
    """A case that awaits two answers of its referrer."""
    case = staff.store.kept.cases["derbyshire", case_id]
    staff.store.kept.cases["derbyshire", case_id] = replace(
        case,
        state=CaseState.AWAITING_INFORMATION,
        information_requested=("/limitation", "/participant/responsible_adults/0"),
    )
    return case_id


async def test_the_task_of_waiting_says_what_is_awaited_and_from_whom(staff, awaiting):
    async with a_browser(staff, "triage-1") as client:
        page = (await client.get("/tasks")).text

    assert f'href="/cases/{awaiting}' in page
    assert "Awaited from Derbyshire Constabulary: limitation, responsible adults" in page


async def test_a_case_that_awaits_information_says_what_was_asked(staff, awaiting):
    async with a_browser(staff, "triage-1") as client:
        page = (await client.get(f"/cases/{awaiting}")).text

    assert "<dt>Asked of the referrer</dt><dd>limitation, responsible adults</dd>" in page
