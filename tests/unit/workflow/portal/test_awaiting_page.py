from dataclasses import replace

from schemas.vocabulary import CaseState
from tests.builders.browsing import a_browser


async def test_a_case_that_awaits_information_says_what_was_asked(staff, case_id):
    case = staff.store.kept.cases["derbyshire", case_id]
    staff.store.kept.cases["derbyshire", case_id] = replace(
        case,
        state=CaseState.AWAITING_INFORMATION,
        information_requested=("/limitation", "/participant/responsible_adults"),
    )

    async with a_browser(staff, "triage-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    assert "<dt>Asked of the referrer</dt><dd>limitation, responsible adults</dd>" in page
