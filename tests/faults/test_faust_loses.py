"""Why casework is no Faust agent: a function that raises once loses the record there, and keeps it here."""

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.waiting import holds_within
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
    some_settings,
)
from tests.faults.faust_agent import RAISES_AT, TOPIC

pytestmark = [pytest.mark.connected, pytest.mark.kafka, pytest.mark.faults, pytest.mark.slow]

NUMBERS = [str(number) for number in range(1, 21)]
PATIENCE_S = 40


@pytest.fixture
async def broker(rig):
    await rig.emptied()
    return rig.broker.bootstrap


@contextlib.asynccontextmanager
async def an_agent(bootstrap, folder):
    """A plain Faust worker in a process of its own, killed at the end."""
    command = (sys.executable, "-m", "tests.faults.faust_agent", bootstrap, str(folder))
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _written(folder, wanted):
    """The values that the agent has taken, once the last one wanted is there."""
    effects = Path(folder) / "effects"

    async def there():
        return effects.exists() and wanted in effects.read_text(encoding="utf-8").split()

    assert await holds_within(there, PATIENCE_S), (folder / "log").read_text(encoding="utf-8")[-3000:]
    return effects.read_text(encoding="utf-8").split()


async def test_an_agent_that_raises_once_loses_the_record_and_a_restart_does_not_bring_it_back(broker, tmp_path):
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()

    async with AIOKafkaProducer(bootstrap_servers=broker, acks="all") as producer:
        for number in NUMBERS:
            await producer.send_and_wait(TOPIC, number.encode())
        async with an_agent(broker, tmp_path):
            assert await _written(tmp_path, NUMBERS[-1]) == [one for one in NUMBERS if one != RAISES_AT]
        await producer.send_and_wait(TOPIC, b"21")
        async with an_agent(broker, tmp_path):
            taken = await _written(tmp_path, "21")

    assert RAISES_AT not in taken


async def test_the_batch_source_keeps_the_record_at_which_its_office_raised_once(broker):
    raised = []

    def spoil(requests):
        if not raised and any(request.sending == RAISES_AT for request in requests):
            raised.append(RAISES_AT)
            raise OSError("the database was away for a moment")

    register, positions = Register(), Positions()
    office = RememberingOffice(positions, spoil)
    settings = some_settings(broker, broker=Broker.KAFKA)
    await create_topics(settings, topics_for(register.rows.values(), settings))
    async with AIOKafkaProducer(bootstrap_servers=broker, acks="all") as producer:
        for number in NUMBERS:
            body = a_police_referral(message_id=f"00000000-0000-4000-8000-{int(number):012}")
            record = a_record(body)
            headers = [("amends-sending", number.encode())]
            await producer.send_and_wait(record.place.topic, record.value, headers=headers, partition=0)

    taker = Taker(office, StandingClock(), PlainIds())
    source = BatchSource(Parts(settings=settings, taker=taker, positions=positions, register=register))
    reading = asyncio.create_task(source.run())

    async def all_there():
        return len(office.taken) >= len(NUMBERS)

    came = await holds_within(all_there, PATIENCE_S)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert raised == [RAISES_AT]
    assert came
    assert [request.sending for request in office.taken] == NUMBERS
