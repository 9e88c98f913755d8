"""The whole system on one machine: referred to, crashed part by part, stopped without leaving anything behind."""

import json
import tempfile
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.bootstrap import WORKER_ROLE
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.pid_files import PidFile
from deploy.local.waiting import holds_within
from deploy.settings import EngineSettings, Settings
from deploy.stack.credentials import Credentials
from deploy.stack.options import Part, StackOptions
from deploy.stack.stack import Stack
from schemas.vocabulary import OrganisationKind
from tests.builders.cli import run_cli
from tests.builders.referrals import a_police_referral
from tests.builders.streams import an_organisation
from workflow.store.reference import Reference

pytestmark = [pytest.mark.connected, pytest.mark.slow]

POLICE = an_organisation()
REGISTER = (
    POLICE,
    an_organisation("a-provider", OrganisationKind.PROVIDER),
    an_organisation("derby-city-youth-justice", OrganisationKind.YOUTH_JUSTICE),
)
NOTICES = "notices.police.derbyshire-police"
ANOTHER = "0b7e2f64-61b7-4f7a-9d5f-0c8b0a7e9d11"
PATIENCE_S = 40.0


async def register(dsns):
    """Put the organisations in, as a demo does before anything of ours runs."""
    async with asyncpg.create_pool(dsns[WORKER_ROLE], min_size=1, max_size=1) as pool:
        await Reference(pool).put_organisations(REGISTER, await pool.fetchval("SELECT now()"))


@pytest.fixture
async def events():
    return []


@pytest.fixture
def folder():
    # pytest's own folders are closed to the user PostgreSQL runs as, so the home lies elsewhere.
    with tempfile.TemporaryDirectory(prefix="amends-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
async def stack(folder, events):
    settings = Settings(home=folder / "home", engine=EngineSettings(lease_s=3.0))
    made = Stack(Home(settings.home), settings, StackOptions(prepare=register, on_event=events.append))
    await made.start()
    yield made
    await made.stop()


async def refer(stack, **changes):
    """Send one police referral by HTTP, and return the reply."""
    async with asyncpg.create_pool(stack.dsn(WORKER_ROLE), min_size=1, max_size=1) as pool:
        bearer = await Credentials(pool).issue(POLICE.slug)
    async with httpx.AsyncClient(base_url=stack.portal_url, headers={"Authorization": f"Bearer {bearer}"}) as client:
        reply = await client.post("/api/v1/referrals", json=a_police_referral(**changes))
        found = await client.get(reply.headers.get("Location", "/"))
    return reply, found


async def receipts(stack):
    """Return the case receipts that lie on the police's topic now."""
    consumer = AIOKafkaConsumer(NOTICES, **stack.broker_options(), auto_offset_reset="earliest")
    async with consumer:
        fetched = await consumer.getmany(timeout_ms=500)
    return [json.loads(record.value) for records in fetched.values() for record in records]


async def comes_back(events, part):
    async def restarted():
        return any(event.part == part and event.what == "restarted" for event in events)

    assert await holds_within(restarted, PATIENCE_S), events


async def published(stack):
    async def there():
        return bool(await receipts(stack))

    assert await holds_within(there, PATIENCE_S), stack.home.log("worker").read_text(encoding="utf-8")[-3000:]
    return await receipts(stack)


async def test_a_referral_by_http_is_receipted_and_its_notice_comes_back_after_every_crash(stack, events):
    reply, found = await refer(stack)
    assert (reply.status_code, found.status_code) == (202, 200), (reply.text, found.text)
    before = await published(stack)
    old_address = stack.broker_options()

    for part in (Part.WORKER, Part.PORTAL, Part.BROKER, Part.POSTGRES):
        await stack.kill(part)
        await comes_back(events, part)
    after = await published(stack)

    assert stack.broker_options() != old_address
    assert [notice for notice in before if notice not in after] == []
    assert (await another_referral(stack)).status_code == 202


async def another_referral(stack):
    """Send a second referral, once the parts that were killed answer again."""
    got = []

    async def taken():
        try:
            got.append((await refer(stack, message_id=ANOTHER))[0])
        except (httpx.HTTPError, OSError, asyncpg.PostgresError):
            return False
        return got[-1].status_code == 202

    assert await holds_within(taken, PATIENCE_S), got[-1:]
    return got[-1]


async def test_a_stop_leaves_no_process_and_a_second_start_finds_what_was_kept(folder):
    settings = Settings(home=folder / "home")
    home = Home(settings.home)
    async with Stack(home, settings, StackOptions(prepare=register)) as first:
        assert (await refer(first))[0].status_code == 202
        files = [PidFile.read(path) for path in home.run.glob("*.pid")]
        assert len(files) == len(Part)

        with pytest.raises(LocalStackError, match="already runs"):
            await Stack(home, settings).start()

    assert [left.name for left in files if left.alive()] == []
    assert list(home.run.glob("*.pid")) == []
    async with Stack(home, settings) as second, httpx.AsyncClient(base_url=second.portal_url) as client:
        assert (await client.get("/readyz")).status_code == 200
        assert await published(second)


async def test_a_record_that_cannot_be_read_is_listed_and_discarded_and_the_rest_goes_on(stack):
    settings = stack.settings()
    async with AIOKafkaProducer(**stack.broker_options()) as producer:
        await producer.send_and_wait("referrals.police.derbyshire-police", b"{ Corin Tazewell", partition=0)

    async def set_aside():
        return json.loads((await run_cli(settings, "dead-letters", "list", "--json")).said) != []

    assert await holds_within(set_aside, PATIENCE_S)
    listed = await run_cli(settings, "dead-letters", "list", "--json")
    (row,) = json.loads(listed.said)
    replayed = await run_cli(settings, "dead-letters", "replay", row["fingerprint"])
    assert await holds_within(set_aside, PATIENCE_S)
    discarded = await run_cli(settings, "dead-letters", "discard", row["fingerprint"])

    assert "Tazewell" not in listed.said
    assert (replayed.status, discarded.status) == (0, 0), (replayed, discarded)
    assert not await set_aside()
    assert (await refer(stack))[0].status_code == 202
