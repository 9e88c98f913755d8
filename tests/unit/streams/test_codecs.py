import base64
import json
from uuid import UUID

import pytest

from schemas.commands import AmendReferral, PauseCase
from schemas.vocabulary import OrganisationKind
from streams.codecs import BadRecord, decode_command, decode_referral, quarantined
from tests.builders.referrals import a_housing_referral, a_police_referral, without
from tests.builders.streams import NOW, PlainIds, a_record, a_register, an_organisation
from workflow.handlers.requests import CommandRequest, ReferralRequest

POLICE = an_organisation()
IDS = PlainIds()
MESSAGE = "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0001"
CASE = UUID("6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0aaa")


def decode(record, sender=POLICE):
    return decode_referral(record, sender, NOW, IDS)


def reason_of(record, sender=POLICE):
    with pytest.raises(BadRecord) as bad:
        decode(record, sender)
    return bad.value.reason


def a_command(**changes):
    body = {
        "message_id": MESSAGE,
        "organisation": "a-provider",
        "case_id": str(CASE),
        "type": "PauseCase",
        "data": {"reason": "medical"},
        "by": {"id": "ada", "roles": ["caseworker"]},
    }
    return body | changes


def test_a_referral_in_binary_mode_is_read_and_belongs_to_the_topics_agency():
    request = decode(a_record(a_police_referral(), headers={"ce_id": MESSAGE, "ce_source": "somebody-else"}))

    assert isinstance(request, ReferralRequest)
    assert request.problems == ()
    assert request.referral is not None
    assert (request.key.tenant, request.key.source, request.key.message_id) == (
        "derbyshire",
        "derbyshire-police",
        MESSAGE,
    )
    assert request.by_topic


@pytest.mark.parametrize("how", ["data", "data_base64"])
def test_a_structured_event_says_the_same_as_a_binary_one(how):
    body = a_police_referral()
    data = body if how == "data" else base64.b64encode(json.dumps(body).encode()).decode()
    event = {"specversion": "1.0", "id": MESSAGE, "source": "/police", "type": "referral", how: data}

    request = decode(a_record(event, headers={"content-type": "application/cloudevents+json; charset=utf-8"}))

    assert request.canonical == decode(a_record(body)).canonical


def test_a_body_that_breaks_the_contract_is_a_request_that_will_be_rejected():
    request = decode(a_record(a_police_referral(basis="no_such_basis")))

    assert request.referral is None
    assert [problem["pointer"] for problem in request.problems] == ["/basis"]
    assert "no_such_basis" not in json.dumps(request.problems)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (a_record(None), "null_value"),
        (a_record(b"{"), "not_json"),
        (a_record(b"\xff\xfe"), "not_utf8"),
        (a_record(b"[]"), "not_an_object"),
        (a_record(b'{"a":"' + b"x" * (5 * 1024 * 1024) + b'"}'), "too_large"),
        (a_record(without(a_police_referral(), "message_id")), "message_id_missing"),
        (a_record(a_police_referral(message_id="7")), "message_id_missing"),
        (a_record(a_police_referral(), headers={"ce_id": str(CASE)}), "ids_differ"),
        (a_record(a_police_referral(agency="high-peak-homes")), "wrong_sender"),
        (a_record({"id": MESSAGE}, headers={"content-type": "application/cloudevents+json"}), "no_data"),
        (a_record({"data_base64": "?"}, headers={"content-type": "application/cloudevents+json"}), "not_base64"),
    ],
)
def test_what_has_no_identity_or_cannot_be_read_is_set_aside_by_name(record, reason):
    assert reason_of(record) == reason


def test_the_topic_decides_who_speaks_whatever_the_body_says():
    landlord = an_organisation("high-peak-homes", OrganisationKind.HOUSING)

    assert reason_of(a_record(a_police_referral()), landlord) == "wrong_sender"
    assert decode(a_record(a_housing_referral()), landlord).key.source == "high-peak-homes"


def test_the_number_of_a_sending_is_the_senders_own_or_else_the_records_place():
    numbered = decode(a_record(a_police_referral(), headers={"amends-sending": "41"}))
    bare = decode(a_record(a_police_referral(), offset=7))

    assert numbered.sending == "41"
    assert bare.sending == "referrals.police.derbyshire-police:0:7@c1"


def test_an_amendment_finds_the_case_by_the_message_that_opened_it():
    body = {"message_id": str(CASE), "amends": MESSAGE, "authorised_minutes": 300}

    request = decode(a_record(body))

    assert isinstance(request, CommandRequest)
    assert request.case_id == IDS.derive("case", "derbyshire", "derbyshire-police", MESSAGE)
    assert isinstance(request.command, AmendReferral)


def test_an_amendment_that_breaks_the_contract_is_rejected_with_a_receipt():
    request = decode(a_record({"message_id": str(CASE), "amends": "the one before", "authorised_minutes": 0}))

    assert request.referral is None
    assert [problem["pointer"] for problem in request.problems] == ["/amends", "/authorised_minutes"]


def test_an_amendment_that_amends_nothing_is_rejected_with_a_receipt_that_says_what_it_could():
    request = decode(a_record({"message_id": str(CASE), "amends": MESSAGE}))

    assert request.referral is None
    assert [(problem["pointer"], problem["code"]) for problem in request.problems] == [("", "nothing_amended")]


def test_a_command_belongs_to_the_scheme_of_the_provider_that_the_register_names():
    tenant, request = decode_command(a_record(a_command(), topic="case.commands"), a_register())

    assert tenant == "derbyshire"
    assert request.case_id == CASE
    assert request.command == PauseCase(reason="medical")
    assert request.actor.organisation == "a-provider"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"organisation": "derbyshire-police"}, "wrong_sender"),
        ({"organisation": "nobody"}, "wrong_sender"),
        ({"type": "MakeTea"}, "unknown_command"),
        ({"type": "SubmitReferral"}, "unknown_command"),
        ({"data": {"reason": "boredom"}}, "breaks_contract"),
        ({"surprise": 1}, "breaks_contract"),
    ],
)
def test_a_command_that_cannot_be_taken_is_set_aside_by_name(changes, reason):
    with pytest.raises(BadRecord) as bad:
        decode_command(a_record(a_command(**changes), topic="case.commands"), a_register())

    assert bad.value.reason == reason


def test_a_record_set_aside_is_counted_for_its_sender_and_known_by_a_keyed_fingerprint():
    kept = quarantined(a_record(b"{", offset=3), "not_json", IDS, sender=POLICE)

    assert (kept.topic, kept.partition, kept.offset) == ("referrals.police.derbyshire-police", 0, 3)
    assert kept.fingerprint == IDS.fingerprint(b"{").hex()
    assert kept.sending is not None
    assert kept.sending.disposition == "quarantined"


def test_a_header_holds_no_nul_which_no_table_would_take():
    record = a_record(a_police_referral(), headers={"amends-sending": "4\x001"})

    assert decode(record).sending == "4\ufffd1"
