"""What an agency asks by topic of a case that went on elsewhere is asked of the one in which it goes on."""

import json
from dataclasses import replace

import pytest

from deploy.rehearse import defaults
from schemas import commands as c
from schemas.topics import notices
from schemas.vocabulary import AgencyKind, OrganisationKind
from tests.builders.kept_cases import an_id
from tests.builders.offices import POLICE, TENANT, a_command, a_record_set_aside, a_referral, an_office
from workflow.handlers.requests import Disposition
from workflow.ports import MessageKey
from workflow.rules.facts import Actor

SECOND = "second-provider"


async def handed_on(office, case_id):
    """Accept a referral, offer it to the second provider, and take it over there: the case in which it goes on."""
    taking = a_command(case_id, c.AcceptTransfer())
    taking = replace(taking, actor=replace(taking.actor, organisation=SECOND))
    *_, taken = await office.handle(
        TENANT,
        [a_command(case_id, c.AcceptReferral()), a_command(case_id, c.TransferCase(provider=SECOND)), taking],
    )
    return next(event.envelope.case_id for event in taken.events if event.envelope.case_id != case_id)


def amending(case_id, agency=POLICE, number=1):
    """An agency's amendment of what it sent, addressed by the message that opened the case."""
    command = c.AmendReferral(message_id=an_id("amendment", number), note="There is a dog.")
    return replace(
        a_command(case_id, command, name=f"amendment {number}"),
        key=MessageKey(tenant=TENANT, source=agency, message_id=str(command.message_id)),
        actor=Actor(id=agency, organisation=agency, kind=OrganisationKind.POLICE),
        by_topic=True,
        waiting=a_record_set_aside(case_id, fingerprint=f"amendment {number}"),
    )


def receipts(ground, agency=POLICE):
    """The receipts on that agency's topic."""
    records = [one for one in ground.store.kept.records.values() if one.topic == notices(AgencyKind.POLICE, agency)]
    return [json.loads(one.value) for one in records if dict(one.headers)["ce_type"].endswith("receipt")]


@pytest.fixture
async def begun():
    office, ground = await an_office()
    (received,) = await office.handle(TENANT, [a_referral(by_topic=True)])
    return office, ground, received.case_id


async def test_after_a_transfer_it_reaches_the_case_at_the_next_provider_under_the_token_that_the_agency_knows(begun):
    office, ground, opened = begun
    there = await handed_on(office, opened)

    (answer,) = await office.handle(TENANT, [amending(opened)])

    assert (answer.disposition, answer.case_id) == (Disposition.APPLIED, there)
    received, amended = receipts(ground)
    assert (amended["status"], amended["referral"]) == ("applied", received["referral"])


async def test_within_the_batch_that_joins_it_it_reaches_the_case_of_the_same_incident(begun):
    office, _, first = begun
    (received,) = await office.handle(TENANT, [a_referral("again")])
    joining = a_command(received.case_id, c.ConfirmMatch(other_case_id=first, same_incident=True))

    _, amended = await office.handle(TENANT, [joining, amending(received.case_id)])

    assert (amended.disposition, amended.case_id) == (Disposition.APPLIED, first)


async def test_it_waits_where_the_case_in_which_it_goes_on_waits_for_an_operator(begun):
    office, ground, opened = begun
    there = await handed_on(office, opened)
    ground.store.kept.parked[TENANT, there] = "an operator must look"

    (answer,) = await office.handle(TENANT, [amending(opened)])

    assert answer.disposition is Disposition.PARKED
    assert [one.case_id for one in ground.store.kept.quarantine] == [there]


async def test_it_waits_behind_what_was_asked_before_of_the_case_that_it_names(begun):
    office, ground, opened = begun
    await handed_on(office, opened)
    ground.store.kept.parked[TENANT, opened] = "an operator must look"

    (answer,) = await office.handle(TENANT, [amending(opened)])

    assert answer.disposition is Disposition.PARKED
    assert [one.case_id for one in ground.store.kept.quarantine] == [opened]


async def test_without_a_record_of_its_own_it_is_led_on_too(begun):
    office, _, opened = begun
    there = await handed_on(office, opened)

    (answer,) = await office.handle(TENANT, [replace(amending(opened), waiting=None)])

    assert answer.case_id == there


@pytest.mark.parametrize("agency", ["another-force", defaults.AGENCIES[AgencyKind.HOUSING]])
async def test_no_other_agency_is_led_anywhere_or_learns_that_there_is_something(begun, agency):
    office, ground, opened = begun
    there = await handed_on(office, opened)

    answers = await office.handle(TENANT, [amending(opened, agency, 1), amending(there, agency, 2)])

    assert [answer.disposition for answer in answers] == [Disposition.NOT_FOUND] * 2
    assert {receipt["referral"] for receipt in receipts(ground, agency)} == {None}


async def test_nobody_is_led_to_a_case_in_which_he_has_no_part(begun):
    office, ground, opened = begun
    there = await handed_on(office, opened)
    kept = ground.store.kept.cases
    kept[TENANT, there] = replace(kept[TENANT, there], referrers=())

    (answer,) = await office.handle(TENANT, [amending(opened)])

    assert (answer.case_id, answer.refusal.code) == (opened, "case_has_ended")
