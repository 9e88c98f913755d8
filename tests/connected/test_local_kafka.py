import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from deploy.local.broker_probe import cluster_id
from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, ScramSettings, find_kafka
from deploy.local.kafka_access import add_scram_user, allow
from deploy.local.pid_files import stop_leftovers
from streams.access import Rule

pytestmark = [
    pytest.mark.connected,
    pytest.mark.kafka,
    pytest.mark.skipif(
        find_kafka() is None,
        reason="Apache Kafka's jars or Java are not here: run `python -m deploy.local.kafka fetch`",
    ),
]


async def started(tmp_path, sasl=None):
    home = Home(tmp_path)
    broker = KafkaBroker(
        folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid", sasl=sasl
    )
    await broker.start()
    return broker


@pytest.fixture
async def broker(tmp_path):
    running = await started(tmp_path)
    yield running
    await running.stop()


@pytest.fixture
async def guarded(tmp_path):
    running = await started(tmp_path, ScramSettings(admin_password="the-admins-own"))
    yield running
    await running.stop()


async def make_topic(broker):
    admin = AIOKafkaAdminClient(**broker.client_options())
    await admin.start()
    await admin.create_topics([NewTopic("ours", num_partitions=1, replication_factor=1)])
    await admin.close()


async def using(client, action):
    """Stop the client also when it was refused at its start."""
    try:
        await client.start()
        return await action(client)
    finally:
        await client.stop()


async def produce(options, value):
    await using(AIOKafkaProducer(**options, acks="all"), lambda producer: producer.send_and_wait("ours", value))


async def read_first(options, group):
    consumer = AIOKafkaConsumer("ours", **options, group_id=group, auto_offset_reset="earliest")
    return (await using(consumer, lambda started_consumer: started_consumer.getone())).value


async def test_what_was_acknowledged_is_there_after_a_kill_on_the_same_port(broker):
    port, cluster = broker.port, broker.cluster_id
    await make_topic(broker)
    await produce(broker.client_options(), b"kept")

    await broker.kill()
    assert not broker.running
    await broker.restart()

    assert await read_first(broker.client_options(), "readers") == b"kept"
    assert broker.port == port
    assert await cluster_id(broker.client_options()) == cluster


async def test_a_reader_without_a_rule_is_refused_and_one_with_a_rule_reads(guarded):
    await make_topic(guarded)
    await produce(guarded.client_options(), b"for ours alone")
    for name in ("reader", "stranger"):
        await add_scram_user(guarded, name, f"{name}-password")
    reader = guarded.client_options("reader", "reader-password")
    stranger = guarded.client_options("stranger", "stranger-password")

    await allow(guarded, [Rule("reader", "read", "topic", "ours"), Rule("reader", "read", "group", "readers")])
    await allow(guarded, [Rule("stranger", "read", "topic", "theirs"), Rule("stranger", "read", "group", "strangers")])

    assert await read_first(reader, "readers") == b"for ours alone"
    with pytest.raises(TopicAuthorizationFailedError):
        await read_first(stranger, "strangers")
    with pytest.raises(GroupAuthorizationFailedError):
        await read_first(reader, "strangers")
    with pytest.raises(TopicAuthorizationFailedError):
        await produce(reader, b"not allowed to write")


async def test_a_wrong_password_opens_nothing(guarded):
    await add_scram_user(guarded, "reader", "reader-password")

    with pytest.raises(KafkaError):
        await read_first(guarded.client_options("reader", "another-password"), "readers")


async def test_a_new_start_finds_the_data_of_a_broker_that_was_left_behind(tmp_path):
    left = await started(tmp_path)
    await make_topic(left)
    await produce(left.client_options(), b"kept")

    stopped = await stop_leftovers(Home(tmp_path))
    found = await started(tmp_path)
    try:
        value = await read_first(found.client_options(), "readers")
    finally:
        await found.stop()

    assert stopped == ("Apache Kafka",)
    assert not left.running
    assert value == b"kept"
