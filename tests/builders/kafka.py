"""A real Apache Kafka with users and rules for a test: started, and spoken to as anybody."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, ScramSettings, find_kafka

NEEDS_KAFKA = (
    pytest.mark.kafka,
    pytest.mark.skipif(
        find_kafka() is None,
        reason="Apache Kafka's jars or Java are not here: run `python -m deploy.local.kafka fetch`",
    ),
)


async def a_guarded_kafka(folder, keystore=None):
    """A broker whose users sign in with SCRAM and may do what a rule allows; with a keystore under TLS."""
    home = Home(folder)
    broker = KafkaBroker(
        folder=home.kafka,
        lib=find_kafka(),
        log_path=home.log("kafka"),
        pid_path=home.run / "kafka.pid",
        sasl=ScramSettings(admin_password="the-admins-own", keystore=keystore),
    )
    await broker.start()
    return broker


async def reads(options, topic, group=None):
    """Whether a user gets a record of the topic, by himself or as a member of a group."""
    joined = {"group_id": group, "enable_auto_commit": False} if group else {}
    consumer = AIOKafkaConsumer(topic, **options, **joined, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    try:
        await consumer.start()
        await consumer.getone()
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError):
        return False
    else:
        return True
    finally:
        await consumer.stop()


async def writes(options, topic):
    """Whether a user's record is taken by the topic."""
    producer = AIOKafkaProducer(**options, acks="all")
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"a stranger's word", key=b"one")
    except TopicAuthorizationFailedError:
        return False
    else:
        return True
    finally:
        await producer.stop()
