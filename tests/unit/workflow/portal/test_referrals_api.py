import asyncio

import pytest

from tests.builders.referrals import a_housing_referral, a_police_referral, without

REFERRALS = "/api/v1/referrals"


async def test_a_referral_is_receipted_with_its_address(portal):
    async with portal.client("derbyshire-police") as police:
        answer = await police.post(REFERRALS, json=a_police_referral())
        followed = await police.get(answer.headers["location"])

    assert (answer.status_code, answer.json()["status"]) == (202, "received")
    assert (followed.status_code, followed.json()["state"]) == (200, "received")


async def test_the_same_referral_three_times_at_once_opens_one_case(portal):
    async with portal.client("derbyshire-police") as police:
        answers = await asyncio.gather(*(police.post(REFERRALS, json=a_police_referral()) for _ in range(3)))

    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.text for answer in answers}) == 1
    assert len(portal.store.kept.cases) == 1


async def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(portal, case_id):
    async with portal.client("derbyshire-police") as police:
        answer = await police.post(REFERRALS, json=a_police_referral(unit="another"))

    assert (answer.status_code, answer.json()["code"]) == (409, "conflicting")
    assert list(portal.store.kept.cases) == [("derbyshire", case_id)]


async def test_two_agencies_may_use_the_same_message_id(portal):
    for agency in ("high-peak-homes", "dale-homes"):
        async with portal.client(agency) as landlord:
            answer = await landlord.post(REFERRALS, json=a_housing_referral(agency=agency))
            assert answer.status_code == 202

    assert len(portal.store.kept.cases) == 2


async def test_a_referral_in_anothers_name_opens_no_case_for_either(portal):
    async with portal.client("dale-homes") as landlord:
        answer = await landlord.post(REFERRALS, json=a_housing_referral(agency="high-peak-homes"))

    assert (answer.status_code, [one["pointer"] for one in answer.json()["problems"]]) == (422, ["/agency"])
    assert portal.store.kept.cases == {}


async def test_five_mistakes_are_five_entries_by_their_fields_without_the_values(portal):
    sent = a_police_referral(door="back_door", sent_at=7, surprise=1, authorisation={"minutes": "many"})
    sent["participant"]["birth_date"] = "yesterday-ish"

    async with portal.client("derbyshire-police") as police:
        answer = await police.post(REFERRALS, json=sent)

    problems = {problem["pointer"] for problem in answer.json()["problems"]}
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problems == {"/door", "/sent_at", "/surprise", "/authorisation/minutes", "/participant/birth_date"}
    assert "yesterday-ish" not in answer.text


async def test_a_rejection_does_not_use_up_its_id(portal):
    async with portal.client("derbyshire-police") as police:
        broken = await police.post(REFERRALS, json=without(a_police_referral(), "sent_at"))
        mended = await police.post(REFERRALS, json=a_police_referral())

    assert (broken.status_code, mended.status_code) == (422, 202)


async def test_what_is_no_json_is_told_with_the_remedy(portal):
    async with portal.client("derbyshire-police") as police:
        answer = await police.post(REFERRALS, content=b"{")

    assert (answer.status_code, answer.json()["reason"]) == (400, "not_json")


async def test_the_senders_own_number_of_a_sending_is_counted(portal):
    async with portal.client("derbyshire-police") as police:
        for _ in range(2):
            await police.post(REFERRALS, json=a_police_referral(), headers={"Amends-Sending": "17"})

    assert list(portal.store.kept.sendings) == [("derbyshire-police", "17")]


async def test_an_agency_reads_its_referral_by_its_own_message_id_too(portal, case_id):
    async with portal.client("derbyshire-police") as police:
        answer = await police.get(f"{REFERRALS}/{a_police_referral()['message_id']}")

    assert answer.json()["state"] == "received"
    assert str(case_id) not in answer.text


async def test_a_referrer_amends_its_referral(portal, token):
    body = {"message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0077", "authorised_minutes": 300}

    async with portal.client("derbyshire-police") as police:
        answer = await police.post(f"{REFERRALS}/{token}/amendments", json=body)
        again = await police.post(f"{REFERRALS}/{token}/amendments", json=body)

    assert (answer.status_code, answer.json()["authorised_minutes"]) == (200, 300)
    assert again.status_code == 200


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("note", [{}, {"note": " "}])
async def test_an_amendment_with_nothing_in_it_is_told_what_it_could_amend_and_changes_nothing(
    portal, case_id, token, named, note
):
    body = {"message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0077", **note}

    async with portal.client("derbyshire-police") as police:
        sent = {"type": "AmendReferral", "data": body} if named else body
        answer = await police.post(f"{REFERRALS}/{token}/amendments", json=sent)

    (problem,) = answer.json()["problems"]
    assert (answer.status_code, problem["code"]) == (422, "nothing_amended")
    assert problem["pointer"] == ("/data" if named else "")
    assert "add authorised_minutes, limitation, limitation_on or a note" in problem["message"]
    assert "case.referral.amended" not in [one.fact.wire for one in portal.store.kept.events["derbyshire", case_id]]


@pytest.mark.parametrize(("named", "place"), [(False, ""), (True, "/data")])
async def test_what_is_wrong_in_an_amendment_is_pointed_at_in_the_body_that_was_sent(portal, token, named, place):
    body = {"authorised_minutes": 0, "surprise": 1}

    async with portal.client("derbyshire-police") as police:
        sent = {"type": "AmendReferral", "data": body} if named else body
        answer = await police.post(f"{REFERRALS}/{token}/amendments", json=sent)

    pointers = {problem["pointer"] for problem in answer.json()["problems"]}
    assert pointers == {f"{place}/{name}" for name in ("message_id", "authorised_minutes", "surprise")}


async def test_another_agency_can_neither_read_nor_amend_it(portal, token):
    async with portal.client("peak-police") as others:
        read = await others.get(f"{REFERRALS}/{token}")
        amended = await others.post(f"{REFERRALS}/{token}/amendments", json={"authorised_minutes": 60})

    assert (read.status_code, amended.status_code) == (404, 404)
    assert [what.split()[0] for _, what, _ in portal.logbook.denials] == ["read_referral", "amend_referral"]
