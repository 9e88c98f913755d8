import json

import pytest

from workflow.portal_ports import Readings
from workflow.ports import StoreDownError


async def test_a_failure_of_ours_tells_a_correlation_id_and_nothing_else(portal, caplog):
    async def broken(*_, **__):
        raise RuntimeError("a text that quotes Ottoline Marchbank")

    portal.reading.sites = broken

    async with portal.client("mend-derbyshire", "manager") as client:
        answer = await client.get("/api/v1/sites")

    told = answer.json()
    assert answer.status_code == 500
    assert told["correlation"] == answer.headers["amends-correlation"]
    assert "Marchbank" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


async def test_a_lost_database_is_told_as_such(portal):
    async def lost(*_, **__):
        raise StoreDownError("lost")

    portal.reading.sites = portal.readiness.readings = lost

    async with portal.client("mend-derbyshire", "manager") as client:
        answer, ready = await client.get("/api/v1/sites"), await client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "store_down")
    assert (ready.status_code, ready.json()["late"]) == (503, ["database"])


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/cases", "/healthz", "/nothing"])
async def test_every_answer_carries_the_security_headers(portal, path):
    async with portal.client() as client:
        headers = (await client.get(path)).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize(
    ("readings", "late"),
    [
        (Readings(), []),
        (Readings(outbox_age_seconds=61), ["outbox"]),
        (Readings(timer_lateness_seconds=61), ["timers"]),
        (Readings(lag_records=10_001), ["lag"]),
        (Readings(lag_age_seconds=61), ["workers"]),
        (Readings(parked_cases=3), []),
    ],
)
async def test_readiness_names_what_is_late(portal, readings, late):
    portal.readiness.says = readings

    async with portal.client() as client:
        answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["late"]) == (503 if late else 200, late)


async def test_metrics_name_routes_and_never_addresses(portal, case_id):
    async with portal.client("mend-derbyshire", "manager") as client:
        await client.get(f"/api/v1/cases/{case_id}")
        numbers = (await client.get("/metrics")).text

    assert 'route="read_case"' in numbers
    assert str(case_id) not in numbers


async def test_the_docs_and_the_contract_fetch_nothing_from_elsewhere(portal):
    async with portal.client() as client:
        page, contract = (await client.get("/docs")).text, (await client.get("/openapi.json")).json()

    assert "//" not in page.replace("<!doctype", "")
    assert contract["openapi"].startswith("3.1")
    assert {"/api/v1/referrals", "/api/v1/cases/{case_id}/commands", "/api/v1/outcomes"} <= set(contract["paths"])


async def test_the_catalogue_tells_no_code_that_is_covered(portal):
    async with portal.client("derbyshire-police") as client:
        catalogue = (await client.get("/api/v1/catalogue")).json()

    assert "AcceptReferral" in catalogue["commands"]
    assert "BreachClock" not in catalogue["commands"]
    assert "near_affected" not in json.dumps(catalogue["refusals"])
