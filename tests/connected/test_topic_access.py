"""Every topic, tried by everybody on Apache Kafka: each agency has its pair, and nobody has anything else."""

from asyncio import gather
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.kafka_access import add_scram_user, allow
from schemas.vocabulary import OrganisationKind as Kind
from streams.access import Authorizer, Rule, principal_of, rules_for
from streams.settings import Broker
from streams.tls import librdkafka_options
from streams.topics import create_topics, topics_for
from tests.builders.kafka import NEEDS_KAFKA, a_guarded_kafka, reads, writes
from tests.builders.streams import an_organisation, some_settings

pytestmark = [pytest.mark.connected, *NEEDS_KAFKA]

AGENCIES = {
    "derbyshire-police": ("derbyshire", Kind.POLICE),
    "peak-police": ("derbyshire", Kind.POLICE),
    "derby-youth": ("derbyshire", Kind.YOUTH_JUSTICE),
    "high-peak-homes": ("derbyshire", Kind.HOUSING),
    "dale-homes": ("derbyshire", Kind.HOUSING),
    "durham-police": ("durham", Kind.POLICE),
    "durham-youth": ("durham", Kind.YOUTH_JUSTICE),
    "wear-homes": ("durham", Kind.HOUSING),
}
REGISTER = [
    *(an_organisation(slug, kind, tenant) for slug, (tenant, kind) in AGENCIES.items()),
    an_organisation("mend-derbyshire", Kind.PROVIDER, "derbyshire"),
    an_organisation("mend-durham", Kind.PROVIDER, "durham"),
    an_organisation("east-university", Kind.EVALUATOR, "derbyshire"),
]
# Written by hand, and not with the code's own names: the user, and the one topic that he reads and writes.
PAIRS = {
    "agency-derbyshire-police": "police.derbyshire-police",
    "agency-peak-police": "police.peak-police",
    "agency-derby-youth": "youth-justice.derby-youth",
    "agency-high-peak-homes": "housing.high-peak-homes",
    "agency-dale-homes": "housing.dale-homes",
    "agency-durham-police": "police.durham-police",
    "agency-durham-youth": "youth-justice.durham-youth",
    "agency-wear-homes": "housing.wear-homes",
}
# A provider and an evaluator come by HTTP; if they have a user at all, it may do nothing.
OTHERS = ("agency-mend-derbyshire", "agency-mend-durham", "agency-east-university")
COMMON = {
    *("case.commands", "case.events", "notices.affected-person", "notices.participant"),
    *("outcomes.evaluation", "audit.checkpoints", "dead-letters"),
}
TOPICS = sorted(COMMON | {f"{way}.{pair}" for pair in PAIRS.values() for way in ("referrals", "notices")})
GROUPS = ("amends", "amends-notifier", "amends-casework")


@pytest.fixture(scope="module")
async def kafka(tmp_path_factory):
    """The broker with every topic of the register, a record in each partition, every user, and the register's rules."""
    broker = await a_guarded_kafka(tmp_path_factory.mktemp("kafka"))
    try:
        client = {name: value for name, value in broker.client_options().items() if name != "bootstrap_servers"}
        settings = some_settings(broker.bootstrap, broker=Broker.KAFKA, client=client, inbound_partitions=1)
        await create_topics(settings, topics_for(REGISTER, settings))
        await _fill(broker)
        for user in (*PAIRS, *OTHERS):
            await add_scram_user(broker, user, f"{user}-password")
        await allow(broker, rules_for(REGISTER))
        yield broker
    finally:
        await broker.stop()


async def _fill(broker):
    producer = AIOKafkaProducer(**broker.client_options(), acks="all")
    await producer.start()
    for topic in TOPICS:
        await producer.send_and_wait(topic, b"for its reader alone", key=b"one", partition=0)
    await producer.stop()


def _as(broker, user):
    return broker.client_options(user, f"{user}-password")


async def _readable(broker, user):
    return _chosen(TOPICS, await gather(*(reads(_as(broker, user), topic) for topic in TOPICS)))


async def _writable(broker, user):
    return _chosen(TOPICS, await gather(*(writes(_as(broker, user), topic) for topic in TOPICS)))


def _chosen(names, answers):
    return {name for name, answer in zip(names, answers, strict=True) if answer}


@asynccontextmanager
async def _planted(broker, rule):
    await allow(broker, [rule])
    yield
    await Authorizer(librdkafka_options(broker.client_options())).remove([rule])


async def _lengths(broker):
    consumer = AIOKafkaConsumer(*TOPICS, **broker.client_options())
    await consumer.start()
    ends = await consumer.end_offsets([TopicPartition(topic, 0) for topic in TOPICS])
    await consumer.stop()
    return {place.topic: end for place, end in ends.items()}


async def test_the_topics_that_are_tried_are_all_that_the_register_asks_for(kafka):
    settings = some_settings(kafka.bootstrap, broker=Broker.KAFKA)

    assert sorted(topic.name for topic in topics_for(REGISTER, settings)) == TOPICS
    assert [principal_of(row) for row in REGISTER] == [*PAIRS, *OTHERS]


@pytest.mark.parametrize("user", [*PAIRS, *OTHERS])
async def test_nobody_finds_anything_but_the_notices_of_his_own(kafka, user):
    assert await _readable(kafka, user) == ({f"notices.{PAIRS[user]}"} if user in PAIRS else set())


@pytest.mark.parametrize("user", [*PAIRS, *OTHERS])
async def test_nothing_is_accepted_from_anybody_but_referrals_on_his_own_topic(kafka, user):
    before = await _lengths(kafka)

    accepted = await _writable(kafka, user)

    grown = {topic for topic, end in (await _lengths(kafka)).items() if end != before[topic]}
    assert accepted == grown == ({f"referrals.{PAIRS[user]}"} if user in PAIRS else set())


@pytest.mark.parametrize("user", PAIRS)
async def test_an_agency_reads_in_a_group_of_its_own_and_in_no_other(kafka, user):
    topic = f"notices.{PAIRS[user]}"
    others = [*GROUPS, *(other for other in PAIRS if other != user)]

    joined = await gather(*(reads(_as(kafka, user), topic, group=group) for group in others))

    assert _chosen(others, joined) == set()
    assert await reads(_as(kafka, user), topic, group=user)


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (
            Rule("agency-dale-homes", "read", "topic", "notices.housing.", prefix=True),
            {"notices.housing.dale-homes", "notices.housing.high-peak-homes", "notices.housing.wear-homes"},
        ),
        (Rule("*", "read", "topic", "case.events"), {"notices.housing.dale-homes", "case.events"}),
        (Rule("agency-dale-homes", "all", "topic", "*"), set(TOPICS)),
    ],
)
async def test_a_rule_that_is_too_wide_is_seen_by_these_eyes(kafka, rule, shown):
    async with _planted(kafka, rule):
        found = await _readable(kafka, "agency-dale-homes")

    assert found == shown


async def test_a_rule_to_write_that_is_too_wide_is_seen_by_these_eyes(kafka):
    async with _planted(kafka, Rule("agency-mend-durham", "write", "topic", "referrals.police.", prefix=True)):
        accepted = await _writable(kafka, "agency-mend-durham")

    assert accepted == {topic for topic in TOPICS if topic.startswith("referrals.police.")}
