"""The main job, end to end, small: every sum is exact, nothing is lost or doubled, and no personal value leaks."""

import tempfile
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import httpx
import pytest

from deploy.demo.run import Options, run_demo
from deploy.settings import Settings
from deploy.simulate.referrals import body_of
from tests.connected.canaries import files, forms, found_in, outward_topics, personal_values, tables

pytestmark = pytest.mark.connected
REFERRALS = 16


@pytest.fixture(scope="module")
async def run():
    """One small demo, looked at before it was stopped."""
    home = Path(tempfile.mkdtemp(prefix="amends-demo-"))
    home.chmod(0o755)
    found = {"home": home}

    async def look(demo, stack, result):
        connection = await asyncpg.connect(stack.dsn("amends_worker"))
        try:
            found["tables"] = await tables(connection)
            found["mailbox"] = await connection.fetch("SELECT subject, body FROM mailbox")
        finally:
            await connection.close()
        found["topics"] = await outward_topics(stack.broker_options())
        found["files"] = files(demo.home.logs)
        found["answers"] = await _answers(demo, stack)
        found["values"] = {value for plan in demo.plans for value in personal_values(body_of(plan))}
        found["summary"] = result

    found["status"] = await run_demo(
        Options(referrals=REFERRALS, once=True, as_json=True, home=home), Settings(), look=look
    )
    return found


async def _answers(demo, stack):
    """Return the bytes of the metrics, and of the problems that a spoilt referral of each plan is answered with."""
    async with httpx.AsyncClient(base_url=stack.portal_url) as anybody:
        told = {"metrics": (await anybody.get("/metrics")).content}
    for plan in demo.plans:
        async with demo.secrets.client(stack.portal_url, plan.agency.slug, None) as agency:
            body = body_of(plan)
            family = body["participant"]["family_name"]
            anew = {"message_id": str(uuid5(UUID(body["message_id"]), "spoilt")), "behaviour": str(body)}
            answer = await agency.post("/api/v1/referrals", json={**body, **anew, "basis": family, family: 1})
            assert answer.status_code == 422, answer.text
        told[f"problems of {plan.number}"] = answer.content
    return told


async def test_the_main_job_ends_with_exact_sums_and_a_clean_verification(run):
    summary = run["summary"]

    sent = summary["referrals"]
    assert run["status"] == 0
    assert sent["sent"] == sum(count for name, count in sent.items() if name != "sent")
    assert summary["cases"]["total"] == sum(summary["cases"]["by_state"].values())
    for row in summary["clocks"]["start_48h"]:
        counts = [value for value in row.values() if isinstance(value, int)]
        assert sum(counts) > 0
    sessions = summary["sessions"]
    assert sessions["booked"] == sessions["attended"] + sessions["missed"] + sessions["cancelled_by_provider"]
    assert summary["verify"]["ok"]


async def test_no_personal_value_stands_outside_the_vault_and_the_mailbox(run):
    places = {**run["tables"], **run["topics"], **run["files"], **run["answers"]}

    leaks = {place: found_in(blob, run["values"]) for place, blob in places.items()}

    assert len(run["values"]) > REFERRALS
    assert {place for place, values in leaks.items() if values} == set()


async def test_the_mailbox_does_carry_names(run):
    text = "\n".join(f"{mail['subject']} {mail['body']}" for mail in run["mailbox"]).encode()

    assert found_in(text, run["values"])


@pytest.mark.parametrize("number", range(7))
def test_a_planted_canary_is_found_in_each_form(number):
    value = "Nightjar Canaryfield"

    planted = sorted(forms(value))[number]

    assert found_in(b"before " + planted + b" after", {value}) == {value}
