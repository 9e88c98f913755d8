import re
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from tests.builders.browsing import TO_A_BOOKED_SESSION, TO_AN_AGREED_PLAN, a_browser, bring, hidden


@pytest.fixture
async def agreed(staff, case_id):
    """The address of a case with an agreed plan."""
    await bring(staff, case_id, TO_AN_AGREED_PLAN)
    return f"/cases/{case_id}"


@pytest.fixture
async def booked(staff, case_id):
    """The address of a case with one session that lies ahead."""
    await bring(staff, case_id, TO_A_BOOKED_SESSION)
    return f"/cases/{case_id}"


def _offered(page):
    return re.findall(r'name="slot" value="([^"]+)"', page)


async def _chosen(client, address, slot, **typed):
    form = (await client.get(address)).text
    sent = {name: hidden(form, name) for name in ("csrf", "version", "once")}
    return await client.post(address, data=sent | {"slot": slot} | typed)


async def test_every_open_session_is_offered_best_first_with_the_reasons_of_its_score(staff, agreed):
    async with a_browser(staff, "caseworker-1") as client:
        page = (await client.get(f"{agreed}/book")).text

    assert _offered(page) == [f"hall-{day}" for day in range(1, 8)]
    assert "the workshop comes before the work; under 3 km away; starts in 24 h" in page
    assert "7 sessions of the next 4 weeks can be booked" in page


async def test_sessions_that_cannot_be_booked_stand_below_with_why(staff, agreed):
    async with a_browser(staff, "caseworker-1") as client:
        page = (await client.get(f"{agreed}/book")).text

    (reason,) = re.findall(r"<summary>([^<]*)</summary>\s*<p>([^<]*)</p>", page)
    assert reason[0].endswith("(7 sessions)")
    assert "workshop" in reason[0]
    assert "litter picking at Invented arboretum" in page


async def test_a_full_session_is_refused_like_one_whose_cause_is_covered(staff, case_id, agreed):
    kept = staff.store.kept
    kept.vault |= {
        key: (kind, orjson.dumps({**orjson.loads(fields), "home_point": {"longitude": -1.47, "latitude": 52.92}}))
        for key, (kind, fields) in kept.vault.items()
        if kind == "affected"
    }
    kept.sites["derbyshire", "arboretum"] = replace(kept.sites["derbyshire", "arboretum"], longitude=0.0)
    kept.places |= {("derbyshire", "hall-1", place): case_id for place in range(1, 5)}

    async with a_browser(staff, "caseworker-1") as worker, a_browser(staff, "manager-1") as manager:
        page = (await worker.get(f"{agreed}/book")).text
        known = (await manager.get(f"{agreed}/book")).text

    assert "No session of the next 4 weeks can be booked now" in page
    assert "near somebody" not in page
    assert "The slot has no free place. (7 sessions)" in page
    assert "The site is near somebody the behaviour affected. (7 sessions)" in known


async def test_a_booked_session_moves_to_another_that_is_offered_by_name(staff, case_id, booked):
    async with a_browser(staff, "caseworker-1") as client:
        address = (await client.get(f"{booked}/do/RescheduleSession")).headers["location"]
        offered = _offered((await client.get(address)).text)
        silent = await _chosen(client, address, "hall-3")
        answer = await _chosen(client, address, "hall-3", asked_by="participant")

    (session,) = staff.store.kept.cases["derbyshire", case_id].sessions
    assert address == f"{booked}/sessions/{session.id}/move"
    assert "hall-1" not in offered
    assert "hall-3" in offered
    assert (silent.status_code, answer.status_code) == (422, 303)
    assert '<a href="#asked_by">Who asked for the move?: this is needed.</a>' in silent.text
    assert session.slot == "hall-3"


async def test_a_session_that_has_begun_moves_no_more(staff, booked):
    staff.clock.at += timedelta(days=2)

    async with a_browser(staff, "caseworker-1") as client:
        answer = await client.get(f"{booked}/do/RescheduleSession")

    assert answer.status_code == 409
    assert "A session moves before it begins." in answer.text
    assert "<form" not in answer.text.split("<main")[1]


async def test_booking_leads_to_the_page_that_offers_sessions(staff, agreed):
    async with a_browser(staff, "caseworker-1") as client:
        answer = await client.get(f"{agreed}/do/BookSession")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{agreed}/book")


async def test_which_of_several_sessions_is_chosen_by_what_where_and_when(staff, case_id, booked):
    await bring(staff, case_id, (("BookSession", {"slot": "arboretum-2"}),))

    async with a_browser(staff, "caseworker-1") as client:
        page = (await client.get(f"{booked}/do/RescheduleSession")).text

    links = re.findall(rf'<a href="{booked}/sessions/[^"]+/move">([^<]*)</a>', page)
    assert links == [
        "ASB workshop at Invented hall, Tue 3 Mar 2026, 10:00 (booked)",
        "Litter picking at Invented arboretum, Wed 4 Mar 2026, 13:00 (booked)",
    ]


async def test_an_unknown_session_is_not_moved(staff, case_id, booked):
    async with a_browser(staff, "caseworker-1") as client:
        answers = [await client.get(f"{booked}/sessions/{name}/move") for name in (case_id, "none")]

    assert [answer.status_code for answer in answers] == [404, 404]
