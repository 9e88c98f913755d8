"""One batch, one transaction: decided again when somebody was faster, and one bad request never takes the rest."""

import json

import pytest

from schemas import commands as c
from schemas.events.work import HoursMet
from schemas.topics import DEAD_LETTERS
from schemas.vocabulary import OrganisationKind
from tests.builders.offices import CHILD, POLICE, TENANT, a_command, a_record_set_aside, a_referral, an_office
from workflow.handlers.office import MOST_TRIES, PoisonError, TooBusyError
from workflow.handlers.requests import Disposition
from workflow.machine.decision import Decision
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

        async def hindered(*batches):
            tries.append(batches)
            if len(tries) <= times:
                raise StaleCaseError
            await kept(*batches)

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


async def test_a_decision_that_the_tables_do_not_know_is_pointed_at_too(monkeypatch):
    office, _ = await an_office()
    (case_id,) = await opened(office)
    nonsense = Decision(facts=(HoursMet(credited=0),))
    monkeypatch.setattr("workflow.handlers.casework.decide", lambda *_: nonsense)

    with pytest.raises(PoisonError) as poison:
        await office.handle(TENANT, [a_referral("another"), a_command(case_id, c.AcceptReferral())])

    assert (poison.value.index, poison.value.reason) == (1, "ImpossibleMoveError")


async def test_a_referral_to_a_scheme_without_a_provider_is_pointed_at():
    office, _ = await an_office(without={OrganisationKind.PROVIDER})

    with pytest.raises(PoisonError):
        await office.handle(TENANT, [a_referral()])


def joining(case_id, other, *, same_incident=True):
    return a_command(case_id, c.ConfirmMatch(other_case_id=other, same_incident=same_incident))


async def test_a_later_request_of_a_batch_sees_the_other_case_as_an_earlier_one_left_it():
    office, ground = await an_office()
    first, second = await opened(office, a_referral(), a_referral("again"))

    declined, confirmed = await office.handle(
        TENANT, [a_command(first, c.DeclineReferral(reason="unsafe")), joining(second, first)]
    )

    assert (declined.disposition, confirmed.refusal.code) == (Disposition.APPLIED, "matched_case_has_ended")
    assert ground.store.kept.cases[TENANT, second].state == "received"


async def test_nothing_is_kept_by_the_state_of_another_case_that_moved_on_meanwhile(monkeypatch):
    office, ground = await an_office()
    first, second = await opened(office, a_referral(), a_referral("again"))
    seen_at = ground.store.kept.cases[TENANT, first].version
    decline = a_command(first, c.DeclineReferral(reason="unsafe"))
    enter, interrupted = type(ground.store.work(TENANT)).__aenter__, []

    async def entered(self):
        work = await enter(self)
        kept = work.keep

        async def late(batch):
            if not interrupted:
                interrupted.append(batch)
                await office.handle(TENANT, [decline])
            await kept(batch)

        work.keep = late
        return work

    monkeypatch.setattr(type(ground.store.work(TENANT)), "__aenter__", entered)
    # One agency sent both: the other case gains no fact from being joined.
    (confirmed,) = await office.handle(TENANT, [joining(second, first)])

    assert confirmed.refusal.code == "matched_case_has_ended"
    assert interrupted[0].unmoved == {first: seen_at}


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
