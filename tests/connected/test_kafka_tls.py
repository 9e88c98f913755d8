"""Apache Kafka under TLS, reached by what the settings say and by nothing else."""

import json

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from pydantic import ValidationError

from deploy.local.kafka_config import ADMIN
from deploy.settings import Settings
from schemas.topics import AUDIT_CHECKPOINTS
from streams.access import Authorizer
from streams.closing import put_away
from streams.topics import create_topics, topics_for
from tests.builders.certificates import a_keystore
from tests.builders.kafka import NEEDS_KAFKA, a_guarded_kafka

pytestmark = [pytest.mark.connected, *NEEDS_KAFKA]

SIGNED_IN = {
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "SCRAM-SHA-256",
    "sasl_plain_username": ADMIN,
    "sasl_plain_password": "the-admins-own",
}


@pytest.fixture(scope="module")
async def kafka(tmp_path_factory):
    """The broker, and the file that vouches for it."""
    folder = tmp_path_factory.mktemp("kafka")
    keystore, trusted = a_keystore(folder)
    broker = await a_guarded_kafka(folder, keystore)
    try:
        yield broker, trusted
    finally:
        await broker.stop()


@pytest.fixture
def settings(monkeypatch):
    """Settings read from the environment, as a worker reads them."""

    def read(broker, trusted):
        monkeypatch.setenv("AMENDS_KAFKA__BOOTSTRAP", broker.bootstrap)
        monkeypatch.setenv("AMENDS_KAFKA__OPTIONS", json.dumps(SIGNED_IN))
        monkeypatch.setenv("AMENDS_KAFKA__CA_FILE", str(trusted))
        return Settings().streams()

    return read


async def test_a_record_goes_there_and_back_under_tls(kafka, settings):
    connection = settings(*kafka)
    await create_topics(connection, topics_for((), connection))

    async with AIOKafkaProducer(**connection.producing()) as producer:
        await producer.send_and_wait(AUDIT_CHECKPOINTS, b"a word")
    reading = AIOKafkaConsumer(AUDIT_CHECKPOINTS, **connection.connection(), auto_offset_reset="earliest")
    async with reading:
        record = await reading.getone()

    assert record.value == b"a word"


async def test_rules_are_asked_for_under_tls(kafka, settings):
    assert await Authorizer(settings(*kafka).administering()).rules() == set()


async def test_a_broker_for_which_nobody_vouches_is_not_spoken_to(kafka, settings, tmp_path):
    broker, _ = kafka
    _, of_another = a_keystore(tmp_path, "another")

    producer = AIOKafkaProducer(**settings(broker, of_another).producing())

    with pytest.raises(KafkaConnectionError):
        await producer.start()
    await put_away(producer)


def test_a_file_that_holds_no_certificate_is_named_before_anything_starts(settings, kafka, tmp_path):
    empty = tmp_path / "empty.crt"
    empty.write_text("no certificate")

    with pytest.raises(ValidationError, match="a file for TLS is not what it should be"):
        settings(kafka[0], empty)
