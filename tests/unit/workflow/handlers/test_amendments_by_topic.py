"""An agency amends by topic: from its record to the receipt on its own notices topic, on the fake store."""

import json

import pytest

from schemas.events.work import HoursMet
from schemas.vocabulary import OrganisationKind
from streams.taking import Directory, Held, Taker
from tests.builders.referrals import a_police_referral
from tests.builders.streams import NOW, PlainIds, a_record, an_organisation
from tests.fakes.portal import BOOK
from tests.fakes.store import FakeClock, FakeStore
from workflow.handlers.office import Office
from workflow.machine.decision import Decision
from workflow.machine.decisions import REASONS

FORCES = ("derbyshire-police", "peak-police")
REGISTER = {
    row.slug: row
    for row in (
        *(an_organisation(slug) for slug in FORCES),
        an_organisation("a-provider", OrganisationKind.PROVIDER),
        an_organisation("derby-youth", OrganisationKind.YOUTH_JUSTICE),
    )
}
REFERRAL = a_police_referral()
NEXT = ("0b0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0001", "0b0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0002")
AMENDMENT = {
    "message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0077",
    "amends": REFERRAL["message_id"],
    "authorised_minutes": 300,
}


class Agencies:
    """Two forces that write to their topics and read what comes back."""

    def __init__(self):
        self.store = FakeStore(FakeClock(NOW))
        self._taker = Taker(Office(store=self.store, book=BOOK, ids=PlainIds()), self.store.clock, PlainIds())
        self._held = {}

    async def send(self, *bodies, sender="derbyshire-police", number="1"):
        topic = f"referrals.police.{sender}"
        held = self._held.setdefault(topic, Held("cluster", topic, 0, 0))
        records = [
            a_record(body, topic=topic, offset=held.position + after, headers={"amends-sending": f"{number}{after}"})
            for after, body in enumerate(bodies)
        ]
        await self._taker.take(held, records, Directory.of(REGISTER))

    def receipts(self, agency="derbyshire-police"):
        records = [one for one in self.store.kept.records.values() if one.topic == f"notices.police.{agency}"]
        return [json.loads(one.value) for one in records if dict(one.headers)["ce_type"].endswith("receipt")]


@pytest.fixture
async def agencies():
    made = Agencies()
    await made.store.put_organisations(REGISTER.values(), await made.store.clock.now())
    await made.send(REFERRAL)
    return made


async def test_an_amendment_is_receipted_under_the_referrals_own_token(agencies):
    await agencies.send(AMENDMENT, number="2")

    received, applied = agencies.receipts()
    assert applied == {
        "message_id": AMENDMENT["message_id"],
        "status": "applied",
        "referral": received["referral"],
        "problems": [],
    }


async def test_the_same_amendment_again_gets_the_same_receipt_and_changes_nothing(agencies):
    await agencies.send(AMENDMENT, number="2")
    ((_, before),) = agencies.store.kept.cases.items()

    await agencies.send(AMENDMENT, number="2")
    await agencies.send(AMENDMENT, number="3")

    _, first, *again = agencies.receipts()
    assert again == [first]  # one a sending: the second record bore the number of the first
    assert list(agencies.store.kept.cases.values()) == [before]


async def test_an_amendment_that_is_refused_says_by_which_rule_and_tells_no_fact(agencies):
    await agencies.send(AMENDMENT | {"authorised_minutes": 60_000}, number="2")
    await agencies.send(AMENDMENT | {"authorised_minutes": 60_000}, number="3")

    _, refused, again = agencies.receipts()
    assert refused == again
    assert refused["status"] == "refused"
    (problem,) = refused["problems"]
    reason = REASONS[problem["code"]]
    assert (problem["pointer"], problem["message"]) == ("", f"{reason.rule} {reason.remedy}")
    assert "60000" not in json.dumps(refused)


async def test_a_refusal_with_a_cover_is_receipted_in_its_cover(agencies, monkeypatch):
    await agencies.send(AMENDMENT | {"authorised_minutes": 60_000}, number="2")
    code = agencies.receipts()[1]["problems"][0]["code"]
    covered, cover = next((name, reason.cover) for name, reason in REASONS.items() if reason.cover)
    as_covered = {**REASONS, code: REASONS[covered]}
    monkeypatch.setattr("workflow.handlers.receipts.REASONS", as_covered)

    await agencies.send(AMENDMENT | {"authorised_minutes": 60_000}, number="3")

    assert [problem["code"] for problem in agencies.receipts()[2]["problems"]] == [cover]


async def test_an_amendment_that_breaks_the_contract_is_rejected_by_its_fields_and_may_come_again(agencies):
    await agencies.send(AMENDMENT | {"authorised_minutes": 0, "surprise": 1}, number="2")
    await agencies.send(AMENDMENT, number="3")

    _, rejected, mended = agencies.receipts()
    assert rejected["status"] == "rejected"
    assert {problem["pointer"] for problem in rejected["problems"]} == {"/authorised_minutes", "/surprise"}
    assert mended["status"] == "applied"


async def test_another_amendment_under_the_same_id_is_a_conflict(agencies):
    await agencies.send(AMENDMENT, number="2")
    await agencies.send(AMENDMENT | {"authorised_minutes": 240}, number="3")

    assert [receipt["status"] for receipt in agencies.receipts()] == ["received", "applied", "conflicting"]


async def test_nobody_amends_the_referral_of_another_or_learns_that_it_is_there(agencies):
    await agencies.send(AMENDMENT, sender="peak-police", number="2")
    await agencies.send(AMENDMENT | {"amends": AMENDMENT["message_id"]}, sender="peak-police", number="3")

    strangers, unknown = agencies.receipts("peak-police")
    assert strangers == unknown
    assert strangers["referral"] is None
    assert [(problem["pointer"], problem["code"]) for problem in strangers["problems"]] == [
        ("/amends", "unknown_referral")
    ]
    assert len(agencies.receipts()) == 1


async def test_an_amendment_that_can_never_be_decided_is_set_aside_and_the_rest_of_its_batch_goes_on(
    agencies, monkeypatch
):
    monkeypatch.setattr("workflow.handlers.casework.decide", lambda *_: Decision(facts=(HoursMet(credited=0),)))

    await agencies.send(a_police_referral(message_id=NEXT[0]), AMENDMENT, a_police_referral(message_id=NEXT[1]))

    assert [one.reason for one in agencies.store.kept.quarantine] == ["always_fails:ImpossibleMoveError"]
    assert [receipt["status"] for receipt in agencies.receipts()] == ["received"] * 3
    assert len(agencies.store.kept.parked) == 1


async def test_an_amendment_that_waits_for_a_parked_case_gets_its_receipt_when_it_is_taken(agencies):
    ((place, _),) = agencies.store.kept.cases.items()
    agencies.store.kept.parked[place] = "an operator must look"
    await agencies.send(AMENDMENT, number="2")
    waiting = [one.reason for one in agencies.store.kept.quarantine]
    (received,) = agencies.receipts()

    del agencies.store.kept.parked[place]
    await agencies.send(AMENDMENT, number="2")

    assert (received["status"], waiting) == ("received", ["case_parked"])
    assert [one["status"] for one in agencies.receipts()] == ["received", "applied"]
