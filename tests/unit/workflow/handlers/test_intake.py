"""A referral by topic gets its receipt beside it, and two of one person in one batch know of each other."""

import json
from dataclasses import replace

from tests.builders.offices import POLICE, TENANT, a_referral, an_office
from workflow.handlers.requests import Disposition


def receipts(ground):
    return [
        json.loads(record.value)
        for record in ground.store.kept.records.values()
        if record.topic == f"notices.police.{POLICE}" and dict(record.headers)["ce_type"].endswith("receipt")
    ]


async def test_a_referral_by_topic_is_receipted_on_the_agencys_own_notices():
    office, ground = await an_office()

    (answer,) = await office.handle(TENANT, [a_referral(by_topic=True)])

    (receipt,) = receipts(ground)
    assert receipt == dict(answer.reply)
    assert (receipt["status"], answer.disposition) == ("received", Disposition.APPLIED)


async def test_a_referral_by_form_is_receipted_in_the_reply_alone():
    office, ground = await an_office()

    await office.handle(TENANT, [a_referral()])

    assert receipts(ground) == []


async def test_the_same_referral_again_gets_the_same_receipt_and_another_body_a_conflict():
    office, ground = await an_office()
    first = a_referral()

    again = replace(first, sending="again")
    other = replace(first, sending="other", canonical=b"another body")
    answers = await office.handle(TENANT, [first, again, other])

    received, repeated, conflicting = answers
    assert [one.disposition for one in answers] == ["applied", "repeated", "conflicting"]
    assert (repeated.reply, len(ground.store.kept.cases)) == (received.reply, 1)
    assert conflicting.case_id is None


async def test_a_rejected_referral_does_not_use_up_its_id():
    office, ground = await an_office()
    mended = a_referral()
    broken = replace(mended, referral=None, canonical=b"broken", problems=({"pointer": "/door", "code": "missing"},))

    (rejected,) = await office.handle(TENANT, [broken])
    (received,) = await office.handle(TENANT, [mended])

    assert rejected.reply["problems"] == [{"pointer": "/door", "code": "missing"}]
    assert (received.disposition, len(ground.store.kept.cases)) == (Disposition.APPLIED, 1)


async def test_two_referrals_of_one_person_in_one_batch_are_proposed_as_a_match():
    office, ground = await an_office()

    first, second = await office.handle(TENANT, [a_referral("first"), a_referral("second")])

    matches = ground.store.kept.cases[TENANT, second.case_id].matches
    assert [match.other_case for match in matches] == [first.case_id]
