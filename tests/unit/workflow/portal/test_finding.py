"""A person on the telephone says a reference: the case is found by it, within what the caller may see, and logged."""

import re

import pytest

from tests.builders.browsing import a_browser, hidden
from tests.builders.referrals import a_police_referral
from tests.fakes.portal import an_id

REFERRAL = a_police_referral()


async def _find(client, said):
    csrf = hidden((await client.get("/cases")).text, "csrf")
    return await client.post("/cases/find", data={"csrf": csrf, "reference": said})


@pytest.mark.parametrize(
    "said",
    [
        REFERRAL["referrer_reference"],
        REFERRAL["occurrence_number"],
        REFERRAL["incident_number"],
        f" {REFERRAL['occurrence_number'].lower().replace('/', ' ')} ",
        REFERRAL["message_id"].upper(),
    ],
)
async def test_a_reference_that_the_referrer_says_leads_to_the_case_and_the_look_is_logged(staff, case_id, said):
    async with a_browser(staff, "caseworker-1") as client:
        answer = await _find(client, said)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}")
    ((caller, note),) = staff.logbook.consultations
    person = staff.store.kept.cases["derbyshire", case_id].participant
    assert (caller.id, note.person, note.fields, note.refused) == ("caseworker-1", person, ("reference",), False)


async def test_a_number_that_several_referrals_bear_shows_them_all(staff, case_id):
    async with staff.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral(message_id=str(an_id("another"))))

    async with a_browser(staff, "triage-1") as client:
        page = (await _find(client, REFERRAL["occurrence_number"])).text

    assert "2 cases bear this reference." in page
    assert set(re.findall(r'href="/cases/([0-9a-f-]{36})"', page)) == {str(key) for _, key in staff.store.kept.cases}
    assert len(staff.logbook.consultations) == 2


@pytest.mark.parametrize("said", ["", " - ", "IJ-unheard-of", str(an_id("no message"))])
async def test_what_is_no_reference_of_a_case_finds_nothing_and_the_look_is_logged_without_it(staff, case_id, said):
    async with a_browser(staff, "triage-1") as client:
        answer = await _find(client, said)

    assert "No case that you may see bears this reference." in answer.text
    assert str(case_id) not in answer.text
    assert [what for _, what, _ in staff.logbook.denials] == ["find_case reference"]


@pytest.mark.parametrize("organisation", ["repair-derbyshire", "mend-durham"])
@pytest.mark.parametrize("said", [REFERRAL["occurrence_number"], REFERRAL["message_id"]])
async def test_a_case_of_another_provider_or_scheme_is_not_found(staff, case_id, organisation, said):
    staff.accounts.engage("stranger", "manager", staff.organisations[organisation])

    async with a_browser(staff, "stranger") as client:
        answer = await _find(client, said)

    assert (answer.status_code, str(case_id) in answer.text) == (200, False)
    assert staff.logbook.consultations == []


@pytest.mark.parametrize("role", ["supervisor", "affected_person_worker"])
async def test_a_role_that_does_not_speak_with_referrers_neither_looks_by_a_reference_nor_reads_it(
    staff, case_id, role
):
    async with a_browser(staff, f"{role}-1") as client:
        page = (await client.get("/cases")).text
        answer = await _find(client, REFERRAL["occurrence_number"])
        case = (await client.get(f"/cases/{case_id}")).text

    assert "/cases/find" not in page
    assert answer.status_code == 404
    assert "references" not in case


async def test_a_case_shows_its_references_on_request_to_those_who_may_and_the_look_is_logged(staff, case_id):
    person = staff.store.kept.cases["derbyshire", case_id].participant

    async with a_browser(staff, "caseworker-1") as client:
        before = (await client.get(f"/cases/{case_id}")).text
        asked = {"csrf": hidden(before, "csrf"), "person": str(person), "kind": "identifiers"}
        after = await client.post(f"/cases/{case_id}/reveal", data=asked)

    numbers = [REFERRAL[name] for name in ("referrer_reference", "incident_number", "occurrence_number")]
    assert "s references</button>" in before
    assert [number in before for number in numbers] == [False] * 3
    assert [number in after.text for number in numbers] == [True] * 3
    assert REFERRAL["pnc_id"] not in after.text
    assert [note.fields for _, note in staff.logbook.consultations] == [
        ("referrer_reference", "incident_number", "occurrence_number")
    ]
