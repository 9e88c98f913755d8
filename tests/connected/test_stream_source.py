"""The batch source on real brokers, with an office that remembers: what is read, from where, and by whom."""

import asyncio
import contextlib
import uuid

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.tansu import start_tansu
from deploy.local.waiting import holds_within
from schemas.vocabulary import OrganisationKind
from streams.cluster import cluster_id
from streams.settings import Broker
from streams.source import BatchSource, Parts
from streams.taking import Taker
from streams.topics import create_topics, topics_for
from tests.builders.referrals import a_police_referral
from tests.builders.streams import (
    PlainIds,
    Positions,
    Register,
    RememberingOffice,
    StandingClock,
    a_record,
    an_organisation,
    some_settings,
)

pytestmark = pytest.mark.connected

TOPIC = "referrals.police.derbyshire-police"


async def tansu(home):
    return await start_tansu(log_path=home.log("broker"), pid_path=home.run / "broker.pid")


async def kafka(home):
    broker = KafkaBroker(
        folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid"
    )
    await broker.start()
    return broker


@pytest.fixture(
    params=[
        pytest.param(Broker.TANSU, id="tansu"),
        pytest.param(
            Broker.KAFKA,
            id="kafka",
            marks=[
                pytest.mark.kafka,
                pytest.mark.skipif(
                    find_kafka() is None, reason="Kafka is not here: python -m deploy.local.kafka fetch"
                ),
            ],
        ),
    ],
    scope="module",
)
async def broker(request, tmp_path_factory):
    home = Home(tmp_path_factory.mktemp(request.param))
    running = await (tansu if request.param is Broker.TANSU else kafka)(home)
    yield request.param, running
    await running.stop()


class Rig:
    """A world of one test: topics of its own agency, an office, positions."""

    def __init__(self, kind, bootstrap):
        self.slug = f"police-{uuid.uuid4().hex[:8]}"  # noqa: TID251 - each test its own topics on one broker
        self.kind, self.bootstrap = kind, bootstrap
        self.register = Register(an_organisation(self.slug))
        self.positions = Positions()
        self.office = RememberingOffice(self.positions)
        self.topic = f"referrals.police.{self.slug}"

    def settings(self, worker="one", **changes):
        given = {"broker": self.kind, "worker": worker, "group": self.slug, "watchdog_s": 5.0} | changes
        return some_settings(self.bootstrap, **given)

    def source(self, worker="one", office=None, **changes):
        taker = Taker(office or self.office, StandingClock(), PlainIds())
        parts = Parts(
            settings=self.settings(worker, **changes), taker=taker, positions=self.positions, register=self.register
        )
        return BatchSource(parts)

    async def make_topics(self):
        settings = self.settings()
        await create_topics(settings, topics_for(self.register.rows.values(), settings))

    async def send(self, *numbers, topic=None, slug=None):
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all") as producer:
            for number in numbers:
                record = a_record(a_police_referral(message_id=message(number), agency=slug or self.slug))
                await producer.send_and_wait(topic or self.topic, record.value, partition=0)

    def taken(self):
        return [int(request.key.message_id[-8:], 16) for request in self.office.taken]

    async def comes_to(self, *numbers, seconds=15.0):
        assert await holds_within(lambda: _is(lambda: len(self.taken()) >= len(numbers)), seconds), self.taken()
        assert self.taken() == list(numbers)


async def _is(condition):
    return condition()


def message(number):
    return f"00000000-0000-4000-8000-{number:012x}"


@contextlib.asynccontextmanager
async def running(source):
    task = asyncio.create_task(source.run())
    try:
        yield source
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def rig(broker):
    kind, started = broker
    return Rig(kind, started.bootstrap)


async def test_records_are_taken_once_and_a_new_owner_goes_on_where_sql_says(rig):
    await rig.make_topics()
    await rig.send(1, 2, 3)

    async with running(rig.source()):
        await rig.comes_to(1, 2, 3)
    await rig.send(4)
    async with running(rig.source("two")):
        await rig.comes_to(1, 2, 3, 4)


async def test_the_groups_committed_offset_is_not_what_is_read_from(rig):
    await rig.make_topics()
    await rig.send(1, 2, 3)
    cluster = await cluster_id(rig.settings())
    rig.positions.at[cluster, rig.topic, 0] = 2

    async with running(rig.source()):
        await rig.comes_to(3)


async def test_a_new_agency_is_read_within_five_seconds_without_a_restart(rig):
    await rig.make_topics()
    await rig.send(1)
    async with running(rig.source()) as source:
        await rig.comes_to(1)
        newcomer = an_organisation(f"{rig.slug}-new", OrganisationKind.POLICE)
        loop = asyncio.get_running_loop()

        rig.register.rows[newcomer.slug] = newcomer
        registered = loop.time()
        topic = f"referrals.police.{newcomer.slug}"
        await create_topics(rig.settings(), topics_for([newcomer], rig.settings()))
        await rig.send(2, topic=topic, slug=newcomer.slug)
        await rig.comes_to(1, 2)

        assert loop.time() - registered < 5
        assert source.joined == 1


async def test_a_position_beyond_the_logs_end_is_named_and_its_partition_left_alone(rig):
    await rig.make_topics()
    await rig.send(1)
    cluster = await cluster_id(rig.settings())
    rig.positions.at[cluster, rig.topic, 0] = 50

    async with running(rig.source()) as source:
        assert await holds_within(lambda: _is(lambda: source.incidents), 15)
        (incident,) = source.incidents

    assert (incident.topic, incident.position, incident.end) == (rig.topic, 50, 1)
    assert rig.taken() == []


async def test_a_stale_owner_is_fenced_and_joins_anew_where_the_other_left_off(rig):
    await rig.make_topics()
    await rig.send(1)
    cluster = await cluster_id(rig.settings())
    async with running(rig.source()) as source:
        await rig.comes_to(1)

        rig.positions.at[cluster, rig.topic, 0] = 3  # another owner took 2 and 3
        await rig.send(2, 3, 4)
        await rig.comes_to(1, 4, seconds=25)

        assert source.joined == 2


async def test_a_database_that_is_down_stops_the_partition_and_loses_nothing(rig):
    failures = iter([OSError, TimeoutError, OSError])

    def spoil(_requests):
        if failure := next(failures, None):
            raise failure

    rig.office.spoil = spoil
    await rig.make_topics()
    await rig.send(1, 2)

    async with running(rig.source()):
        await rig.comes_to(1, 2)

    assert rig.office.aside == []


async def test_a_record_that_cannot_be_unpacked_is_set_aside_and_what_others_sent_goes_on(rig):
    other = an_organisation(f"{rig.slug}-other")
    rig.register.rows[other.slug] = other
    await rig.make_topics()
    await rig.send(1)
    await _send_a_header_without_utf8(rig.bootstrap, rig.topic)
    await rig.send(2)

    async with running(rig.source()) as source:
        await rig.send(3, topic=f"referrals.police.{other.slug}", slug=other.slug)
        assert await holds_within(lambda: _is(lambda: sorted(rig.taken()) == [1, 2, 3]), 20), rig.taken()
        joined = source.joined

    assert [(one.topic, one.offset, one.reason) for one in rig.office.aside] == [(rig.topic, 1, "cannot_be_unpacked")]
    assert joined == 1


class _NoText(str):
    """A header's name as other clients can send it: bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, *_):
        return b"\xff\xfe"


async def _send_a_header_without_utf8(bootstrap, topic):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 1000)
        batch.append(timestamp=None, key=None, value=b"{}", headers=[(_NoText("name"), b"x")])
        await (await producer.send_batch(batch, topic, partition=0))


async def test_an_agency_may_compress_as_it_likes(rig):
    # Of the embedded broker gzip alone is promised.
    codecs = ("gzip",) if rig.kind is Broker.TANSU else ("gzip", "lz4", "snappy", "zstd")
    await rig.make_topics()
    for number, codec in enumerate(codecs):
        record = a_record(a_police_referral(message_id=message(number), agency=rig.slug))
        async with AIOKafkaProducer(bootstrap_servers=rig.bootstrap, acks="all", compression_type=codec) as producer:
            await producer.send_and_wait(rig.topic, record.value, partition=0)

    async with running(rig.source()):
        await rig.comes_to(*range(len(codecs)))
