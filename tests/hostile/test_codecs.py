"""Every codec: what it writes it reads back, and for whatever else it has one clear refusal and no other error."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.events import EVENTS
from schemas.notices import AgencyNotice, Notice, Receipt
from schemas.outcomes import Outcome
from schemas.problems import Problem, problems_of
from schemas.referrals import PoliceReferral
from schemas.referrals.reading import MODELS, ReferralRejected, Unreadable, canonical, read_referral
from schemas.registry import UnknownContract, model_of, read_event
from schemas.vocabulary import AgencyKind, OrganisationKind
from streams.codecs import BadRecord, decode_command, decode_referral, quarantined
from streams.records import Incoming, Place
from tests.builders.api_walk import AN_OUTCOME
from tests.builders.cases import an_accepted_case
from tests.builders.referrals import RECEIVED_AT, a_housing_referral, a_police_referral, a_youth_justice_referral
from tests.builders.samples import a_sample_of
from tests.builders.streams import NOW, PlainIds, a_register, an_organisation
from tests.hostile.values import BYTES, TEXTS, VALUES, either, spelled, spoiled
from workflow.store.rows import body_of, case_of, header_bytes, headers_of

RIGHT = {
    AgencyKind.POLICE: a_police_referral(),
    AgencyKind.YOUTH_JUSTICE: a_youth_justice_referral(),
    AgencyKind.HOUSING: a_housing_referral(),
}
SAMPLES = {wire: a_sample_of(event) for wire, event in EVENTS.items()}
A_COMMAND = {
    "message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0001",
    "organisation": "a-provider",
    "case_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0aaa",
    "type": "PauseCase",
    "data": {"reason": "medical", "occurred_at": "2026-03-02T09:00:00Z"},
    "by": {"id": "ada", "roles": ["caseworker"]},
    "expected_version": 3,
}
HEADERS = st.lists(
    st.tuples(st.sampled_from(["ce_id", "content-type", "amends-sending"]) | TEXTS, st.binary(max_size=12)), max_size=3
)
ENVELOPES = st.sampled_from([(), (("content-type", b"application/cloudevents+json"),)])


def _record(value, headers=()):
    place = Place(topic="referrals.police.derbyshire-police", partition=0, offset=0)
    return Incoming(place=place, value=value, headers=tuple(headers))


@given(BYTES | spoiled(RIGHT[AgencyKind.POLICE]).map(spelled), HEADERS | ENVELOPES, st.sampled_from(AgencyKind))
def test_a_record_of_an_agency_is_taken_rejected_or_set_aside(value, headers, kind):
    record, sender = _record(value, headers), an_organisation(kind=OrganisationKind(kind))

    request, bad = either(BadRecord, decode_referral, record, sender, NOW, PlainIds())

    if bad:
        assert quarantined(record, bad.reason, PlainIds()).value == value
        assert bad.__context__ is None
    else:
        assert canonical(json.loads(request.canonical)) == request.canonical


@given(st.one_of(BYTES, spoiled(A_COMMAND).map(spelled)), HEADERS | ENVELOPES)
def test_a_record_of_a_provider_is_taken_or_set_aside(value, headers):
    taken, bad = either(BadRecord, decode_command, _record(value, headers), a_register())

    if bad:
        assert bad.reason.isidentifier()
    else:
        assert (taken[0], taken[1].by_topic) == ("derbyshire", True)


@given(st.sampled_from(AgencyKind).flatmap(lambda kind: st.tuples(st.just(kind), spoiled(RIGHT[kind]))))
def test_a_spoiled_referral_is_read_or_told_of_with_a_remedy(drawn):
    kind, body = drawn

    referral, rejected = either(ReferralRejected, read_referral, kind, body, RECEIVED_AT)

    if rejected:
        assert rejected.problems
        assert all(problem.message.endswith((".", "?")) for problem in rejected.problems)
    else:
        assert MODELS[kind].model_validate_json(referral.model_dump_json(by_alias=True, exclude_none=True)) == referral


@pytest.mark.parametrize("kind", AgencyKind)
def test_a_right_referral_is_written_and_read_back(kind):
    referral = read_referral(kind, RIGHT[kind], RECEIVED_AT)

    assert MODELS[kind].model_validate_json(referral.model_dump_json(by_alias=True)) == referral


@given(
    st.sampled_from(sorted(EVENTS)).flatmap(lambda wire: st.tuples(st.just(wire), spoiled(a_sample_of(EVENTS[wire]))))
)
def test_a_spoiled_fact_is_refused_or_reads_the_same_after_writing(drawn):
    wire, payload = drawn

    with suppress(ValidationError):
        fact = read_event(wire, 0, payload)
        # `NaN` and half a pair are no JSON, and no fact holds them.
        assert read_event(wire, 0, json.loads(fact.model_dump_json())) == fact


@given(TEXTS, st.integers())
def test_a_contract_of_no_name_or_version_of_ours_is_unknown(wire, version):
    with pytest.raises(UnknownContract):
        model_of(wire, version if wire in EVENTS and version != 0 else -1)


@pytest.mark.parametrize("model", [Notice, AgencyNotice, Receipt, Outcome, Problem])
@given(value=BYTES)
def test_what_is_no_notice_receipt_outcome_or_problem_is_refused(model, value):
    with suppress(ValidationError):
        read = model.model_validate_json(value)
        assert model.model_validate_json(read.model_dump_json()) == read


@given(spoiled(json.loads(AN_OUTCOME.model_dump_json())))
def test_a_spoiled_outcome_is_refused_or_reads_the_same_after_writing(body):
    with suppress(ValidationError):
        read = Outcome.model_validate(body)
        assert Outcome.model_validate_json(read.model_dump_json()) == read


@given(VALUES, TEXTS)
def test_problems_name_places_and_never_quote_what_was_sent(value, key):
    with pytest.raises(ValidationError) as broken:
        PoliceReferral.model_validate({"door": value, "participant": {key: "Ottoline Marchbank"}, "unit": ["Ottoline"]})

    told = problems_of(broken.value, PoliceReferral)
    assert told
    assert not any("Ottoline" in problem.message + problem.pointer for problem in told)


@given(st.one_of(BYTES, spoiled(json.loads(body_of(an_accepted_case()))).map(spelled)))
def test_the_row_of_a_case_is_read_whole_or_not_at_all(body):
    with suppress(ValidationError):
        case = case_of(body)
        assert case_of(body_of(case)) == case


def test_the_row_of_a_case_is_written_and_read_back():
    case = an_accepted_case()

    assert case_of(body_of(case)) == case
    assert case_of(body_of(replace(case, version=case.version + 1))) != case


@given(st.lists(st.tuples(st.text(), st.text())))
def test_headers_are_written_and_read_back_in_their_order(headers):
    assert list(headers_of(header_bytes(headers))) == headers


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_two_ways_to_write_a_body_have_one_canonical_form(body):
    with suppress(Unreadable):
        form = canonical(body)
        assert canonical(json.loads(form)) == form
