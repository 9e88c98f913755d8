import json

from tests.builders.kept_cases import accepted, an_id, received
from workflow.store.outward import case_event_record
from workflow.store.rows import event_rows


def test_a_case_event_carries_its_states_and_times_and_the_fact():
    row = event_rows([received(), accepted()])[1]

    value = json.loads(case_event_record(row).value)

    assert value == {
        "occurred_at": "2026-03-02T09:02:00.123456Z",
        "recorded_at": "2026-03-02T09:02:05.123456Z",
        "state_before": "received",
        "state_after": "accepted",
        "actor": "triage-1",
        "fact": {},
    }


def test_a_case_event_is_a_cloud_event_in_binary_mode_keyed_by_its_case():
    record = case_event_record(event_rows([received()])[0])

    assert (record.topic, record.key, record.part) == ("case.events", str(an_id("graffiti")).encode(), 0)
    assert dict(record.headers) == {
        "ce_id": str(an_id("graffiti", 1, "event")),
        "ce_source": "/amends/derbyshire",
        "ce_type": "case.referral.received",
        "ce_specversion": "1.0",
        "ce_time": "2026-03-02T09:01:05.123456Z",
        "ce_subject": str(an_id("graffiti")),
        "ce_dataschema": "amends:/schemas/case.referral.received/v0",
        "content-type": "application/json",
        "ce_casesequence": "1",
        "ce_correlationid": str(an_id("graffiti", "correlation")),
    }


def test_a_cause_is_named_where_there_is_one():
    fact = received()
    caused = fact.model_copy(update={"envelope": fact.envelope.model_copy(update={"causation": an_id("cause")})})

    record = case_event_record(event_rows([caused])[0])

    assert dict(record.headers)["ce_causationid"] == str(an_id("cause"))
