"""Addresses and headers that no honest client sends get the answer that is written beside them."""

import pytest

from tests.hostile.addresses import ADDRESSES, AGENCY, BROKEN_KEYS, EVALUATOR, PROVIDER, send

CALLERS = {
    PROVIDER: ("mend-derbyshire", "manager", None),
    AGENCY: ("derbyshire-police", None, None),
    EVALUATOR: ("east-university", "evaluator", "evaluation"),
}


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_hostile_address_gets_its_answer(worked_portal, address):
    organisation, role, study = CALLERS[address.who]
    case = next(iter(worked_portal.store.kept.cases))[1]

    async with worked_portal.client(organisation, role, study=study) as client:
        answer = await send(client, address, case)

    assert answer.status_code == address.status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", BROKEN_KEYS)
async def test_one_of_many_commands_bears_a_key_that_can_be_kept(worked_portal, key):
    case = str(next(iter(worked_portal.store.kept.cases))[1])
    item = {"case": case, "type": "PauseCase", "data": {"reason": "medical"}, "version": None, "idempotency_key": key}

    async with worked_portal.client("mend-derbyshire", "manager") as client:
        answer = await client.post("/api/v1/commands", json={"items": [item]})

    assert [one["problems"][0]["pointer"] for one in answer.json()["results"]] == ["/idempotency_key"]
