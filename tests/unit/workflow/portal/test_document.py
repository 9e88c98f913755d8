"""The published OpenAPI document says what the API really asks and answers."""

import copy
import json

import pytest

from tests.builders.api_walk import Walk, examples
from tests.builders.json_schema import Published
from tests.rules.tree import ROOT
from workflow.portal.api.document import EXAMPLES, ROWS

DOCUMENT = json.loads((ROOT / "schemas" / "published" / "openapi.json").read_text(encoding="utf-8"))
PUBLISHED = Published(DOCUMENT)
OPERATIONS = {told["operationId"]: told for methods in DOCUMENT["paths"].values() for told in methods.values()}


def answer_schema(name, status):
    """The schema of what a route answers with a status."""
    answers = OPERATIONS[name]["responses"]
    return next(iter((answers.get(str(status)) or answers["default"])["content"].values()))["schema"]


def asked_schema(name):
    """The schema of what a route is asked with."""
    return OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"]


@pytest.fixture(scope="module")
async def calls():
    return await Walk().all_the_way()


def test_every_operation_of_the_document_has_a_row_and_every_row_an_operation():
    assert set(OPERATIONS) == set(ROWS)


async def test_every_answer_of_the_api_keeps_the_published_schema(calls):
    told = [
        (call.name, call.status, PUBLISHED.faults(answer_schema(call.name, call.status), call.answered))
        for call in calls
    ]

    assert [one for one in told if one[2]] == []
    assert {call.name for call in calls if call.status < 400} == set(OPERATIONS)
    assert {call.status for call in calls} >= {200, 202, 404, 409, 412, 422, 428}


async def test_every_body_that_was_done_keeps_the_published_schema(calls):
    sent = [call for call in calls if call.asked is not None and call.status < 400]

    assert [found for call in sent if (found := PUBLISHED.faults(asked_schema(call.name), call.asked))] == []
    assert {call.name for call in sent} == {name for name, told in OPERATIONS.items() if "requestBody" in told}


async def test_the_examples_are_what_the_api_answers_now(calls):
    kept = json.loads(EXAMPLES.read_text(encoding="utf-8"))

    assert kept == examples(calls), "run `python -m tests.builders.api_walk`, then `make generate`"
    assert set(kept) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_operation_has_an_example_of_each_side_that_keeps_its_schema(name):
    operation = OPERATIONS[name]
    (status,) = set(operation["responses"]) - {"default"}

    answered = operation["responses"][status]["content"]["application/json"]
    assert PUBLISHED.faults(answered["schema"], answered["example"]) == []
    if "requestBody" in operation:
        asked = operation["requestBody"]["content"]["application/json"]
        assert PUBLISHED.faults(asked["schema"], asked["example"]) == []


def test_callers_show_a_credential_everywhere_but_for_health():
    assert {name for name, told in OPERATIONS.items() if "security" not in told} == {"healthz", "readyz"}


def test_a_field_that_is_missing_unknown_or_of_another_kind_is_found():
    whole = json.loads(EXAMPLES.read_text(encoding="utf-8"))["list_sessions"]["answered"]
    broken = copy.deepcopy(whole)
    broken["sessions"][0] |= {"capacity": "four", "starts_at": "soon", "holders": []}
    del broken["sessions"][1]["site"]

    assert PUBLISHED.faults(answer_schema("list_sessions", 200), whole) == []
    assert len(PUBLISHED.faults(answer_schema("list_sessions", 200), broken)) == 4
