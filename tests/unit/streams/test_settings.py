"""What every client is told by the settings, on either broker."""

from pathlib import Path

import pytest

from streams.settings import Broker, StreamSettings


@pytest.mark.parametrize(("broker", "idempotent", "packed"), [(Broker.KAFKA, True, "lz4"), (Broker.TANSU, False, None)])
def test_a_producer_waits_for_every_copy_and_on_kafka_packs_and_never_doubles(broker, idempotent, packed):
    settings = StreamSettings(bootstrap="127.0.0.1:1", data_folder=Path(), broker=broker)

    options = settings.producing()

    assert (options["acks"], options["enable_idempotence"], options["compression_type"]) == ("all", idempotent, packed)
