"""Fifty at once for one last place, one message many times at once, and neighbours who must not meet."""

import asyncio
import json
from collections import Counter

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.waiting import holds_within
from schemas.vocabulary import Role
from tests.bench.referrals import police_referrals
from tests.builders.browsing import TO_AN_AGREED_PLAN
from tests.builders.referrals import a_housing_referral, a_police_referral
from tests.builders.two_portals import (
    DRAW,
    FORCES,
    LANDLORDS,
    PROVIDER,
    TENANT,
    WORKSHOP,
    a_slot,
    two_portals,
)
from workflow.store.reference import Reference

pytestmark = [pytest.mark.connected, pytest.mark.slow]

CAPACITY, RACING, BY_TOPIC = 3, 50, 10
SLOT = a_slot("hall", WORKSHOP, CAPACITY)
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
async def system():
    async with two_portals() as made:
        yield made


def over_capacity(bookings, capacity):
    """What is wrong with (slot, place, case) one by one: too many in a slot, one place twice, a place beyond the last.

    Nothing here leans on a key or a check of the database: a table that lost them would be counted the same.
    """
    found = [f"{slot} holds {n}" for slot, n in Counter(slot for slot, _, _ in bookings).items() if n > capacity]
    found += [f"{slot}/{place} twice" for (slot, place), n in Counter((s, p) for s, p, _ in bookings).items() if n > 1]
    return found + [f"{slot}/{place} beyond" for slot, place, _ in bookings if not 1 <= place <= capacity]


@pytest.mark.parametrize(
    ("bookings", "wrong"),
    [
        ([("hall", 1, "a"), ("hall", 2, "b"), ("park", 1, "c")], []),
        ([("hall", 1, "a"), ("hall", 1, "b")], ["hall/1 twice"]),
        ([("hall", 1, "a"), ("hall", 2, "b"), ("hall", 3, "c")], ["hall holds 3", "hall/3 beyond"]),
    ],
)
def test_a_planted_overbooking_is_counted(bookings, wrong):
    assert over_capacity(bookings, 2) == wrong


async def planned_cases(system, count):
    """So many cases of different people with an agreed plan that begins with a workshop."""
    bodies = [json.loads(one.value) | {"affected_people": []} for one in police_referrals(7, 0, count)]
    async with system.client(0, FORCES[0]) as police:
        answers = [await police.post("/api/v1/referrals", json=body) for body in bodies]
    assert {answer.status_code for answer in answers} == {202}
    cases = [row["id"] for row in await system.table.fetch("SELECT id FROM cases ORDER BY id")]
    for name, data in TO_AN_AGREED_PLAN:
        await system.ask_all(cases, name, **data)
    return cases


async def book_by_http(system, portal, case):
    async with system.client(portal, PROVIDER, Role.CASEWORKER) as client:
        asked = {"type": "BookSession", "data": {"slot": SLOT.id}}
        answer = await client.post(f"/api/v1/cases/{case}/commands", json=asked, headers={"If-Match": "*"})
    return "booked" if answer.status_code == 200 else answer.json()["refusal"]


def booking_by_topic(case):
    return {
        "message_id": str(DRAW.uuid(case, "race")),
        "organisation": PROVIDER,
        "case_id": str(case),
        "type": "BookSession",
        "data": {"slot": SLOT.id},
        "by": {"id": "machine-1", "roles": ["caseworker"]},
    }


async def answers_by_topic(system, bodies):
    """What became of each, from the reply that was kept under its message id."""
    wanted = [body["message_id"] for body in bodies]

    async def replies():
        return await system.table.fetch("SELECT reply FROM messages WHERE message_id = ANY($1::text[])", wanted)

    async def all_there():
        return len(await replies()) == len(wanted)

    assert await holds_within(all_there, PATIENCE_S), await replies()
    return [json.loads(row["reply"]).get("code", "booked") for row in await replies()]


async def published_facts(system):
    """(type, value) of every case event by its id, read from offset zero until every stored one is there."""
    total = await system.table.fetchval("SELECT count(*) FROM case_events")
    address, found = system.ground.broker.bootstrap, {}
    async with AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition("case.events", part) for part in range(12)])

        async def read_all():
            fetched = await consumer.getmany(timeout_ms=300)
            for record in (one for records in fetched.values() for one in records):
                headers = dict(record.headers)
                found[headers["ce_id"]] = (headers["ce_type"], headers["ce_subject"], json.loads(record.value)["fact"])
            return len(found) == total

        assert await holds_within(read_all, PATIENCE_S), (len(found), total)
    return found.values()


async def booked_facts(system):
    """(slot, place, case) of every booking that was published."""
    facts = await published_facts(system)
    return [(f["slot"], f["place"], case.decode()) for kind, case, f in facts if kind == b"case.session.booked"]


async def test_of_fifty_that_race_for_the_last_place_through_two_portals_and_a_worker_one_gets_it(system):
    await Reference(system.table).put_slots(TENANT, [SLOT])
    cases = await planned_cases(system, CAPACITY - 1 + RACING)
    early, racing = cases[: CAPACITY - 1], cases[CAPACITY - 1 :]
    assert [await book_by_http(system, 0, case) for case in early] == ["booked"] * (CAPACITY - 1)

    bodies = [booking_by_topic(case) for case in racing[:BY_TOPIC]]
    by_http = [book_by_http(system, number % 2, case) for number, case in enumerate(racing[BY_TOPIC:])]
    _, *answers = await asyncio.gather(system.by_topic(bodies), *by_http)
    answers += await answers_by_topic(system, bodies)

    assert Counter(answers) == {"booked": 1, "no_free_place": RACING - 1}
    rows = await system.table.fetch("SELECT slot, place, case_id::text FROM slot_places WHERE slot = $1", SLOT.id)
    places = [tuple(row) for row in rows]
    assert over_capacity(places, CAPACITY) == []
    assert sorted(places) == sorted(await booked_facts(system))
    assert len(places) == CAPACITY
    assert await system.table.fetchval("SELECT count(*) FROM cases WHERE state = 'scheduled'") == CAPACITY


async def post_referral(system, portal, body, organisation=FORCES[0]):
    async with system.client(portal, organisation) as client:
        return await client.post("/api/v1/referrals", json=body)


async def test_one_message_three_times_at_once_opens_one_case_with_three_equal_receipts(system):
    body = a_police_referral()
    before = await system.table.fetchval("SELECT count(*) FROM cases")

    answers = await asyncio.gather(*(post_referral(system, number % 2, body) for number in range(3)))

    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({(answer.text, answer.headers["location"]) for answer in answers}) == 1
    assert await system.table.fetchval("SELECT count(*) FROM cases") == before + 1


async def test_two_bodies_under_one_id_at_once_open_one_case_and_the_other_body_conflicts(system):
    bodies = [a_police_referral(message_id=str(DRAW.uuid("two bodies")), unit=unit) for unit in ("East", "West")]
    before = await system.table.fetchval("SELECT count(*) FROM cases")

    sent = [(body["unit"], post_referral(system, number, body)) for body in bodies for number in (0, 1, 0)]
    answers = await asyncio.gather(*(posting for _, posting in sent))

    taken = {unit for (unit, _), answer in zip(sent, answers, strict=True) if answer.status_code == 202}
    assert Counter(answer.status_code for answer in answers) == {202: 3, 409: 3}
    assert len(taken) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"conflicting"}
    assert len({answer.text for answer in answers if answer.status_code == 202}) == 1
    assert await system.table.fetchval("SELECT count(*) FROM cases") == before + 1


def own_referral(organisation):
    make = a_housing_referral if organisation in LANDLORDS else a_police_referral
    return make(agency=organisation, message_id=str(DRAW.uuid("of", organisation)), referrer_reference=organisation)


@pytest.mark.parametrize(("mine", "theirs"), [LANDLORDS, LANDLORDS[::-1], FORCES, FORCES[::-1]])
async def test_neither_of_two_neighbours_reads_or_writes_for_the_other(system, mine, theirs):
    for number, organisation in enumerate((mine, theirs)):
        assert (await post_referral(system, number, own_referral(organisation), organisation)).status_code == 202
    message_id = own_referral(theirs)["message_id"]
    row = await system.table.fetchrow("SELECT case_id, reply FROM messages WHERE message_id = $1", message_id)
    case, token = row["case_id"], json.loads(row["reply"])["referral"]
    stands = await system.table.fetchval("SELECT version FROM cases WHERE id = $1", case)

    async with system.client(1, mine) as client:
        reads = [f"/referrals/{message_id}", f"/referrals/{token}", f"/cases/{case}"]
        reads += [f"/cases/{case}/{part}" for part in ("timeline", "actions")]
        answers = [await client.get(f"/api/v1{path}") for path in reads]
        answers += [
            await client.post(f"/api/v1/referrals/{name}/amendments", json={"authorised_minutes": 60})
            for name in (token, message_id)
        ]
        asked = {"type": "WithdrawCase", "data": {"by": "referrer"}}
        answers.append(await client.post(f"/api/v1/cases/{case}/commands", json=asked, headers={"If-Match": "*"}))
        listed = await client.get("/api/v1/cases")
        in_their_name = await client.post(
            "/api/v1/referrals", json=own_referral(theirs) | {"message_id": str(DRAW.uuid("forged", mine))}
        )

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert len(listed.json()["cases"]) >= 1
    assert str(case) not in listed.text
    assert token not in listed.text
    assert in_their_name.status_code == 422
    assert await system.table.fetchval("SELECT version FROM cases WHERE id = $1", case) == stands
    assert (
        await system.table.fetchval(
            "SELECT count(*) FROM case_referrers WHERE case_id = $1 AND agency = $2", case, mine
        )
        == 0
    )
