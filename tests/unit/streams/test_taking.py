from uuid import UUID

import asyncpg
import pytest

from schemas.vocabulary import OrganisationKind
from streams.taking import Directory, Held, Taker
from tests.builders.referrals import a_police_referral
from tests.builders.streams import (
    PlainIds,
    Positions,
    RememberingOffice,
    StandingClock,
    a_record,
    a_register,
    an_organisation,
)
from workflow.handlers.requests import CommandRequest, PoisonError
from workflow.ports import StalePositionError, StoreDownError

TOPIC = "referrals.police.derbyshire-police"
ALICE, BOB = (UUID(int=number, version=4) for number in (1, 2))


def referral(number, **changes):
    message_id = str(UUID(int=number, version=4))
    return a_record(a_police_referral(message_id=message_id, **changes), offset=number)


def command(number, case, provider="a-provider"):
    body = {
        "message_id": str(UUID(int=number, version=4)),
        "organisation": provider,
        "case_id": str(case),
        "type": "ResumeCase",
        "data": {},
        "by": {"id": "ada"},
    }
    return a_record(body, topic="case.commands", offset=number)


def spoiled_by(message_id):
    """An office whose handler always fails on one message."""

    def spoil(requests):
        for index, request in enumerate(requests):
            if request.key.message_id == str(UUID(int=message_id, version=4)):
                raise PoisonError(index, "ValueError")

    return spoil


async def take(records, spoil=lambda requests: None, register=None, topic=TOPIC):
    office = RememberingOffice(Positions(), spoil)
    held = Held("c", topic, 0, records[0].place.offset)
    taker = Taker(office, StandingClock(), PlainIds())
    await taker.take(held, records, Directory.of(register or a_register()))
    return office, held


async def test_a_batch_is_one_transaction_that_moves_the_position_past_its_last_record():
    office, held = await take([referral(1), referral(2), referral(5)])

    assert office.batches == [[("derbyshire", 3, 0)]]
    assert held.position == 6
    assert office.positions.at == {("c", TOPIC, 0): 6}


async def test_what_cannot_be_read_is_set_aside_in_the_transaction_of_its_neighbours():
    office, _ = await take([referral(1), a_record(b"{", offset=2), referral(3)])

    assert office.batches == [[("derbyshire", 2, 1)]]
    assert office.aside[0].reason == "not_json"


async def test_a_referral_on_which_the_handler_always_fails_is_set_aside_and_the_rest_goes_on():
    office, held = await take([referral(1), referral(2), referral(3)], spoiled_by(2))

    assert [request.key.message_id[-2:] for request in office.taken] == ["01", "03"]
    assert [(one.offset, one.reason, one.parks) for one in office.aside] == [(2, "always_fails:ValueError", False)]
    assert office.aside[0].sending.disposition == "quarantined"
    assert held.position == 4


async def test_a_command_that_always_fails_parks_its_case_and_later_commands_of_it_wait():
    records = [command(1, ALICE), command(2, BOB), command(3, ALICE), command(4, BOB)]

    office, _ = await take(records, spoiled_by(1), topic="case.commands")

    assert [(one.offset, one.case_id, one.parks) for one in office.aside] == [(1, ALICE, True), (3, ALICE, False)]
    assert [one.sending.disposition for one in office.aside] == ["quarantined", "parked"]
    assert [request.case_id for request in office.taken] == [BOB, BOB]


async def test_a_command_carries_its_record_so_that_it_can_wait_for_a_parked_case():
    office, _ = await take([command(1, ALICE)], topic="case.commands")

    (request,) = office.taken
    assert isinstance(request, CommandRequest)
    assert request.waiting.reason == "case_parked"
    assert request.waiting.case_id == ALICE
    assert request.waiting.sending is None


async def test_commands_of_two_schemes_are_one_transaction_those_of_each_in_the_order_of_the_log():
    register = a_register(
        an_organisation("a-provider", OrganisationKind.PROVIDER),
        an_organisation("b-provider", OrganisationKind.PROVIDER, "durham"),
    )
    records = [command(1, ALICE), command(2, BOB, "b-provider"), command(3, ALICE)]

    office, held = await take(records, register=register, topic="case.commands")

    assert office.batches == [[("derbyshire", 2, 0), ("durham", 1, 0)]]
    assert [request.case_id for request in office.taken] == [ALICE, ALICE, BOB]
    assert held.position == 4


async def test_a_record_that_the_database_itself_refuses_is_found_by_halving_the_batch():
    def spoil(requests):
        if any(request.key.message_id.endswith("03") for request in requests):
            raise asyncpg.DataError("a value no column takes")

    office, held = await take([referral(number) for number in range(1, 6)], spoil)

    assert [one.offset for one in office.aside] == [3]
    assert len(office.taken) == 4
    assert held.position == 6


async def test_the_poisoned_command_is_found_among_those_of_several_schemes():
    def spoil(requests):
        bad = [place for place, one in enumerate(requests) if one.case_id == BOB]
        if bad:
            raise PoisonError(bad[0], "LookupError")

    register = a_register(
        an_organisation("a-provider", OrganisationKind.PROVIDER),
        an_organisation("b-provider", OrganisationKind.PROVIDER, "durham"),
    )
    records = [command(1, BOB, "b-provider"), command(2, ALICE), command(3, BOB, "b-provider")]

    office, held = await take(records, spoil, register=register, topic="case.commands")

    assert [(one.offset, one.parks) for one in office.aside] == [(1, True), (3, False)]
    assert [request.case_id for request in office.taken] == [ALICE]
    assert held.position == 4


@pytest.mark.parametrize("error", [StoreDownError, StalePositionError, asyncpg.CannotConnectNowError])
async def test_an_outage_or_a_fence_is_no_poison(error):
    def spoil(requests):
        raise error("x")

    with pytest.raises(error):
        await take([referral(1)], spoil)


async def test_a_stale_owner_keeps_nothing():
    office = RememberingOffice(Positions())
    taker = Taker(office, StandingClock(), PlainIds())
    directory = Directory.of(a_register())
    mine, theirs = Held("c", TOPIC, 0, 1), Held("c", TOPIC, 0, 1)
    await taker.take(theirs, [referral(1), referral(2)], directory)

    with pytest.raises(StalePositionError):
        await taker.take(mine, [referral(1)], directory)

    assert len(office.taken) == 2
