"""One batch, one transaction: decided again when somebody was faster, and one bad request never takes the rest."""

import json

import pytest

from schemas import commands as c
from schemas.topics import DEAD_LETTERS
from schemas.vocabulary import OrganisationKind
from tests.builders.offices import CHILD, POLICE, TENANT, a_command, a_record_set_aside, a_referral, an_office
from workflow.handlers.office import MOST_TRIES, PoisonError, TooBusyError
from workflow.handlers.requests import Disposition
from workflow.ports import Sending, StaleCaseError


async def opened(office, *requests):
    """The cases that referrals opened, by their order."""
    return [answer.case_id for answer in await office.handle(TENANT, requests or (a_referral(),))]


def interrupting(ground, monkeypatch, times):
    """Let somebody else be faster so many times; count how often the batch was kept or tried to be."""
    tries = []
    keep = type(ground.store.work(TENANT)).__aenter__

    async def entered(self):
        work = await keep(self)
        kept = work.keep

        async def hindered(batch):
            tries.append(batch)
            if len(tries) <= times:
                raise StaleCaseError
            await kept(batch)

        work.keep = hindered
        return work

    monkeypatch.setattr(type(ground.store.work(TENANT)), "__aenter__", entered)
    return tries


async def test_a_batch_is_decided_again_when_somebody_was_faster(monkeypatch):
    office, ground = await an_office()
    tries = interrupting(ground, monkeypatch, 2)

    (answer,) = await office.handle(TENANT, [a_referral()])

    assert (answer.disposition, len(tries), len(ground.store.kept.cases)) == (Disposition.APPLIED, 3, 1)


async def test_a_batch_that_is_never_first_is_given_up_and_nothing_of_it_is_kept(monkeypatch):
    office, ground = await an_office()
    tries = interrupting(ground, monkeypatch, MOST_TRIES)

    with pytest.raises(TooBusyError):
        await office.handle(TENANT, [a_referral()])

    assert (len(tries), ground.store.kept.cases) == (MOST_TRIES, {})


async def test_a_request_that_no_rule_can_decide_is_pointed_at_and_nothing_of_its_batch_is_kept():
    office, ground = await an_office()
    (case_id,) = await opened(office)
    # The instants of its clocks are gone, as after a fault of ours: sealing them again would wipe what is kept.
    ground.store.kept.vault.clear()
    amended = c.AmendReferral(message_id=case_id, limitation="date", limitation_on="2026-12-01T12:00:00+00:00")
    actor = a_referral().actor

    with pytest.raises(PoisonError) as poison:
        await office.handle(TENANT, [a_referral("another"), _by(a_command(case_id, amended), actor)])

    assert (poison.value.index, poison.value.reason) == (1, "ValueError")
    assert list(ground.store.kept.cases) == [(TENANT, case_id)]


def _by(request, actor):
    return type(request)(**{name: getattr(request, name) for name in request.__dataclass_fields__} | {"actor": actor})


async def test_a_record_set_aside_parks_its_case_and_tells_the_dead_letters_where_it_lies_and_no_more():
    office, ground = await an_office()
    (case_id,) = await opened(office)
    sending = Sending(source=POLICE, number="9", disposition="quarantined")

    await office.handle(TENANT, [], quarantined=[a_record_set_aside(case_id, parks=True, sending=sending)])

    letters = [record for record in ground.store.kept.records.values() if record.topic == DEAD_LETTERS]
    assert [json.loads(letter.value)["offset"] for letter in letters] == [7]
    assert ground.store.kept.parked == {(TENANT, case_id): "handler_failed"}
    assert ground.store.kept.sendings[POLICE, "9"] == "quarantined"


async def test_a_record_that_is_nobodys_case_parks_none():
    office, ground = await an_office()

    await office.handle(TENANT, [], quarantined=[a_record_set_aside()])

    assert (len(ground.store.kept.quarantine), ground.store.kept.parked) == (1, {})


async def test_a_command_for_a_parked_case_waits_behind_the_one_that_parked_it():
    office, ground = await an_office()
    (case_id,) = await opened(office)
    await office.handle(TENANT, [], quarantined=[a_record_set_aside(case_id, parks=True)])
    waiting = a_record_set_aside(case_id, fingerprint="f2")

    (by_topic,) = await office.handle(TENANT, [a_command(case_id, c.AcceptReferral(), waiting=waiting)])
    (by_form,) = await office.handle(TENANT, [a_command(case_id, c.AcceptReferral(), name="by form")])

    assert {by_topic.disposition, by_form.disposition} == {Disposition.PARKED}
    assert [one.fingerprint for one in ground.store.kept.quarantine] == ["f1", "f2"]


async def test_a_childs_case_is_accepted_where_a_scheme_has_no_youth_justice_service():
    office, _ = await an_office(without={OrganisationKind.YOUTH_JUSTICE})
    (case_id,) = await opened(office, a_referral(participant=CHILD))

    (answer,) = await office.handle(TENANT, [a_command(case_id, c.AcceptReferral())])

    assert [event.fact.wire for event in answer.events] == ["case.referral.accepted"]
