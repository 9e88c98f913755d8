"""What every client is told by the settings, on either broker."""

from pathlib import Path

import pytest

from streams.settings import Broker, StreamSettings


@pytest.mark.parametrize(
    ("broker", "told"),
    [
        (Broker.KAFKA, {"acks": "all", "enable_idempotence": True, "compression_type": "lz4"}),
        (Broker.TANSU, {"acks": "all"}),
    ],
)
def test_a_producer_waits_for_every_copy_and_on_kafka_packs_and_never_doubles(broker, told):
    settings = StreamSettings(bootstrap="127.0.0.1:1", data_folder=Path(), broker=broker)

    options = settings.producing()

    assert {name: options[name] for name in told} == told
    assert options.keys() == {"bootstrap_servers", "linger_ms", *told}
