"""A batch that is small packed and huge unpacked is refused by the broker: no worker has to hold it to set it aside."""

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from streams.settings import Broker
from streams.topics import create_topics, topics_for
from tests.builders.kafka import NEEDS_KAFKA
from tests.builders.streams import an_organisation, some_settings
from tests.hostile.corpus import MIB

pytestmark = [pytest.mark.connected, *NEEDS_KAFKA]

BOMB = bytes(64 * MIB)
INBOUND = ("referrals.police.derbyshire-police", "case.commands")


@pytest.fixture(scope="module")
async def kafka(tmp_path_factory):
    """A broker with the topics of one agency."""
    home = Home(tmp_path_factory.mktemp("kafka"))
    broker = KafkaBroker(
        folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid"
    )
    await broker.start()
    try:
        settings = some_settings(broker.bootstrap, broker=Broker.KAFKA)
        await create_topics(settings, topics_for([an_organisation()], settings))
        yield broker
    finally:
        await broker.kill()


@pytest.mark.parametrize("topic", INBOUND)
async def test_a_bomb_is_refused_and_an_honest_packed_batch_is_taken(kafka, topic):
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, compression_type="gzip", max_request_size=2 * len(BOMB)
    ) as sender:
        with pytest.raises(MessageSizeTooLargeError):
            await sender.send_and_wait(topic, BOMB, partition=0)

        taken = await sender.send_and_wait(topic, b"{}" * 1000, partition=0)

    assert taken.offset == 0
