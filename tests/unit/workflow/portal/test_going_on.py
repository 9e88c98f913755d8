"""What an agency knows its referral by leads to the case in which it goes on, and leads nobody else anywhere."""

import pytest

from tests.builders.going_on import REFERRALS, WAYS, accepted, handed_on, merged, state_of, transferred
from tests.fakes.portal import ORGANISATIONS, an_id
from tests.fakes.portal_ports import K

AGENCIES = {one.slug for one in ORGANISATIONS if one.kind in {K.POLICE, K.HOUSING, K.YOUTH_JUSTICE}}


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
async def known(request, portal):
    return await request.param(portal.client)


@pytest.fixture(params=("token", "message_id"))
def address(request, known):
    return f"{REFERRALS}/{getattr(known, request.param)}"


async def test_its_agency_reads_the_case_in_which_it_goes_on(portal, known, address):
    async with portal.client(known.agency) as agency:
        answer = await agency.get(address)

    live = await state_of(portal.client, known)
    assert (answer.status_code, answer.json()["state"]) == (200, live["state"])
    assert live["state"] not in {"linked", "transferred"}


async def test_its_agency_amends_the_case_in_which_it_goes_on(portal, known, address):
    before = await state_of(portal.client, known)
    async with portal.client(known.agency) as agency:
        body = {"message_id": str(an_id("amendment")), "note": "There is a dog."}
        answers = [await agency.post(f"{address}/amendments", json=body) for _ in range(2)]

    after = await state_of(portal.client, known)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert after["version"] == before["version"] + 1


async def test_its_agency_finds_it_once_among_its_cases(portal, known):
    async with portal.client(known.agency) as agency:
        page = (await agency.get("/api/v1/cases", params={"limit": 1})).json()
        rest = (await agency.get("/api/v1/cases", params={"limit": 1, "cursor": page["next"]})).json()

    live = await state_of(portal.client, known)
    assert [case["state"] for case in (*page["cases"], *rest["cases"])] == [live["state"]]


async def test_no_other_agency_is_led_anywhere(portal, known, address):
    part = {referrer["agency"] for referrer in (await state_of(portal.client, known))["referrers"]}
    for stranger in sorted(AGENCIES - {known.agency}):
        async with portal.client(stranger) as agency:
            answers = [
                await agency.get(address),
                await agency.post(f"{address}/amendments", json={"message_id": str(an_id("x")), "note": "Hm."}),
                *[await agency.get(f"{REFERRALS}/{case}") for case in (known.opened, known.goes_on_in)],
            ]
            listed = (await agency.get("/api/v1/cases")).json()["cases"]

        assert [answer.status_code for answer in answers] == [404] * 4
        assert len(listed) == (stranger in part)


async def test_its_agency_is_not_led_on_to_a_case_in_which_it_has_no_part(portal):
    known = await transferred(portal.client)
    kept = portal.store.kept.cases
    ((place, there),) = [(place, case) for place, case in kept.items() if str(case.id) == known.goes_on_in]
    kept[place] = type(there)(**{**there.__dict__, "referrers": ()})

    async with portal.client(known.agency) as agency:
        answer = await agency.get(f"{REFERRALS}/{known.token}")

    assert answer.json()["state"] == "transferred"


async def test_a_landlord_that_joined_neither_ends_the_case_nor_changes_what_the_police_stated(portal):
    known = await merged(portal.client)
    address = f"{REFERRALS}/{known.token}/amendments"
    async with portal.client(known.agency) as landlord:
        ending = await landlord.post(address, json={"type": "WithdrawCase", "data": {"by": "referrer"}})
        widening = await landlord.post(address, json={"message_id": str(an_id("more")), "authorised_minutes": 900})
        seen = (await landlord.get(f"{REFERRALS}/{known.token}")).json()

    assert [answer.json()["refusal"] for answer in (ending, widening)] == ["role_may_not", "other_referrer_governs"]
    assert seen == {"referral": known.token, "state": "received"}


async def test_an_amendment_sent_again_after_the_case_went_on_gets_the_same_answer(portal):
    known = await accepted(portal.client)
    body = {"message_id": str(an_id("amendment")), "note": "There is a dog."}
    async with portal.client(known.agency) as agency:
        first = await agency.post(f"{REFERRALS}/{known.token}/amendments", json=body)
        known = await handed_on(portal.client, known)
        before = await state_of(portal.client, known)
        again = await agency.post(f"{REFERRALS}/{known.message_id}/amendments", json=body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert await state_of(portal.client, known) == before
