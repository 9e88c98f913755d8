"""Whole worker processes on a real database and a real broker: killed in the middle, nothing lost, nothing twice."""

import asyncio
import contextlib
import json
import os
import sys
import uuid
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.home import Home
from deploy.local.tansu import start_tansu
from deploy.local.waiting import holds_within
from deploy.settings import EngineSettings, KafkaSettings, Settings, environment_of
from schemas.vocabulary import OrganisationKind
from streams.settings import Broker
from streams.topics import create_topics, topics_for
from tests.builders.referrals import a_police_referral
from tests.builders.streams import an_organisation
from tests.databases import KEYS
from workflow.store.reference import Reference

pytestmark = [pytest.mark.connected, pytest.mark.slow]

POLICE = an_organisation()
REGISTER = (
    POLICE,
    an_organisation("a-provider", OrganisationKind.PROVIDER),
    an_organisation("derby-city-youth-justice", OrganisationKind.YOUTH_JUSTICE),
)
TOPIC = "referrals.police.derbyshire-police"
NOTICES = "notices.police.derbyshire-police"


@pytest.fixture
async def broker(tmp_path):
    home = Home(tmp_path)
    running = await start_tansu(log_path=home.log("broker"), pid_path=home.run / "broker.pid")
    yield running
    await running.stop()


@pytest.fixture
async def stage(broker, empty_database, worker_pool, tmp_path):
    connection = await asyncpg.connect(empty_database.superuser)
    now = await connection.fetchval("SELECT now()")
    await connection.close()
    await Reference(worker_pool).put_organisations(REGISTER, now)
    made = Stage(broker, empty_database, worker_pool, tmp_path)
    await create_topics(made.settings("maker").streams(), topics_for(REGISTER, made.settings("maker").streams()))
    yield made
    await made.stop()


class Stage:
    """A broker, a database, and workers that are started and killed."""

    def __init__(self, broker, database, pool, folder):
        self.broker, self.database, self.pool, self.folder = broker, database, pool, folder
        self.processes = []

    def settings(self, worker, **engine):
        return Settings(
            home=self.folder,
            database={"amends_worker": self.database.worker},
            kafka=KafkaSettings(bootstrap=self.broker.bootstrap, broker=Broker.TANSU),
            master_key=KEYS.master.hex(),
            worker=worker,
            engine=EngineSettings(lease_s=3.0, **engine),
        )

    async def start(self, worker, **engine):
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(Path.cwd()),
            **environment_of(self.settings(worker, **engine)),
        }
        log = (self.folder / f"{worker}.log").open("ab")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.builders.worker_process"), env=environment, stdout=log, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    async def stop(self):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def send(self, *records):
        async with AIOKafkaProducer(bootstrap_servers=self.broker.bootstrap, acks="all") as producer:
            for number, value in records:
                headers = [("amends-sending", str(number).encode())]
                await producer.send_and_wait(TOPIC, value, headers=headers, partition=number % 3)

    async def count(self, table):
        return await self.pool.fetchval(f"SELECT count(*) FROM {table}")

    async def comes_to(self, table, wanted, seconds=30.0):
        async def there():
            return await self.count(table) == wanted

        assert await holds_within(there, seconds), (table, await self.count(table), self.logs())

    async def published(self, topic, least, seconds=20.0):
        """Return all records of a topic once there are at least so many."""
        found = []
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self.broker.bootstrap, auto_offset_reset="earliest")
        async with consumer:
            deadline = asyncio.get_running_loop().time() + seconds
            while len(found) < least and asyncio.get_running_loop().time() < deadline:
                for records in (await consumer.getmany(timeout_ms=300)).values():
                    found += records
        return found

    def logs(self):
        return "\n".join(path.read_text(encoding="utf-8")[-3000:] for path in self.folder.glob("*.log"))


def referral(number, **changes):
    return json.dumps(a_police_referral(message_id=str(uuid.UUID(int=number, version=4)), **changes)).encode()


async def test_a_referral_by_topic_is_receipted_once_and_its_case_exists_once(stage):
    await stage.start("one")
    await stage.send((1, referral(1)))

    await stage.comes_to("cases", 1)
    await stage.comes_to("outbox", 0)
    await stage.send((1, referral(1)))  # the sender saw no receipt and sends again, under the same number
    await stage.comes_to("offsets", 1)
    receipts = [one for one in await stage.published(NOTICES, 2) if dict(one.headers)["ce_type"].endswith(b"receipt")]

    assert {json.loads(one.value)["status"] for one in receipts} == {"received"}
    assert len({dict(one.headers)["ce_id"] for one in receipts}) == 1
    assert await stage.count("cases") == 1
    assert await stage.count("sendings") == 1


async def test_what_cannot_be_read_goes_to_quarantine_and_dead_letters_and_the_rest_goes_on(stage):
    await stage.start("one")
    broken = referral(4, basis="no_such_basis")
    await stage.send((3, referral(3)), (6, b"{ Corin Tazewell"), (9, broken), (12, referral(12)))

    await stage.comes_to("cases", 2)
    await stage.comes_to("outbox", 0)
    letters = await stage.published("dead-letters", 1)

    assert [json.loads(one.value)["reason"] for one in letters] == ["not_json"]
    assert b"Tazewell" not in letters[0].value
    assert await stage.count("quarantine") == 1
    assert sorted(await stage.pool.fetch("SELECT number, disposition FROM sendings ORDER BY number")) == [
        ("12", "applied"),
        ("3", "applied"),
        ("6", "quarantined"),
        ("9", "rejected"),
    ]


@pytest.mark.faults
@pytest.mark.parametrize("database", ["embedded"], indirect=True)
async def test_a_worker_killed_on_the_embedded_broker_loses_nothing_and_doubles_nothing(stage):
    """One failpoint for this broker; tests/faults dies at each of them on Apache Kafka."""
    dying = await stage.start("one", failpoint="after_publish_before_ack:1", failpoints_allowed=True)
    await stage.send(*((number, referral(number)) for number in range(1, 16)))
    assert await asyncio.wait_for(dying.wait(), 30) == -9
    await stage.start("two")

    await stage.comes_to("cases", 15)
    await stage.comes_to("outbox", 0)
    events = await stage.published("case.events", await stage.count("case_events"))

    per_case = {}
    for one in events:
        headers = dict(one.headers)
        per_case.setdefault(one.key, {}).setdefault(headers["ce_casesequence"], set()).add(
            (headers["ce_id"], one.value)
        )
    assert len(per_case) == 15
    for sequences in per_case.values():
        assert sorted(map(int, sequences)) == list(range(1, len(sequences) + 1))
        assert all(len(copies) == 1 for copies in sequences.values())


async def test_a_worker_whose_name_is_in_use_does_not_start(stage):
    await stage.start("one")
    await stage.comes_to("leases WHERE name = 'worker:one'", 1)

    second = await stage.start("one")

    assert await asyncio.wait_for(second.wait(), 30) != 0
    assert "WorkerNameTakenError" in stage.logs()


async def test_an_amendment_by_topic_is_receipted_whatever_becomes_of_it(stage):
    first, ours = str(uuid.UUID(int=1, version=4)), str(uuid.UUID(int=2, version=4))
    amendment = {"message_id": ours, "amends": first, "authorised_minutes": 300}
    await stage.start("one")
    await stage.send((3, referral(1)))
    await stage.comes_to("cases", 1)

    broken = {"message_id": str(uuid.UUID(int=3, version=4)), "amends": first, "authorised_minutes": 0}
    sent = [(6, amendment), (9, amendment), (12, amendment | {"authorised_minutes": 240}), (15, broken)]
    await stage.send(*((number, json.dumps(body).encode()) for number, body in sent))
    await stage.comes_to("sendings", 5)
    await stage.comes_to("outbox", 0)

    found = [one for one in await stage.published(NOTICES, 5) if dict(one.headers)["ce_type"].endswith(b"receipt")]
    told = [(receipt["message_id"], receipt["status"]) for receipt in (json.loads(one.value) for one in found)]
    assert sorted(told) == sorted(
        [(first, "received"), *[(ours, "applied")] * 2, (ours, "conflicting"), (broken["message_id"], "rejected")]
    )
