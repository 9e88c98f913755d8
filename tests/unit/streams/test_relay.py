import asyncio
from uuid import UUID

from streams.relay import Relay
from streams.shards import HeldShards
from tests.builders.streams import some_settings
from workflow.ports import Outward

TOO_LARGE = b"x" * 100
ONE, OTHER = 1, 2


class FakeBatch:
    """Holds what is not too large; `None` for what is, as aiokafka says it."""

    def __init__(self):
        self.values = []

    def append(self, *, key, value, timestamp, headers):
        if value == TOO_LARGE:
            return None
        self.values.append(value)
        return len(self.values)

    def close(self):
        pass


class FakeProducer:
    """A broker with one partition a topic that takes every batch."""

    def __init__(self):
        self.sent = []

    async def partitions_for(self, topic):
        return {0}

    def create_batch(self):
        return FakeBatch()

    async def send_batch(self, batch, topic, *, partition):
        self.sent.append((topic, batch.values))
        return asyncio.sleep(0)


class FakeOutbox:
    """An outbox of two shards; `lost` are those that somebody else holds by now."""

    def __init__(self, waiting, lost=()):
        self.waiting, self.lost, self.removed = waiting, frozenset(lost), []

    async def left(self, shards, most):
        return {shard: self.waiting[shard] for shard in shards if shard in self.waiting}

    async def remove(self, held, records):
        self.removed.append((dict(held), [record.value for record in records]))
        return self.lost & set(held)


class FakeLeases:
    """Gives whatever is asked for, and remembers how often."""

    def __init__(self):
        self.asked = 0

    async def take(self, names, holder, seconds):
        self.asked += 1
        return dict.fromkeys(names, 7)


def a_record(value, case=1, topic="case.events"):
    return Outward(
        topic=topic, key=b"k", case_id=UUID(int=case), sequence=1, part=0, event_id="e", headers=(), value=value
    )


def a_relay(outbox, leases=None):
    shards = HeldShards("relay", leases or FakeLeases(), "me", 60.0, (ONE, OTHER))
    return Relay(settings=some_settings(), outbox=outbox, shards=shards, waker=None)


async def test_what_all_shards_have_for_a_partition_is_one_batch_and_is_forgotten_at_once():
    outbox = FakeOutbox(
        {ONE: [a_record(b"1"), a_record(b"2")], OTHER: [a_record(b"3", 2), a_record(b"n", 2, "notices")]}
    )
    producer = FakeProducer()

    acknowledged = await a_relay(outbox).sweep(producer)

    assert acknowledged == 4
    assert producer.sent == [("case.events", [b"1", b"2", b"3"]), ("notices", [b"n"])]
    assert outbox.removed == [({ONE: 7, OTHER: 7}, [b"1", b"2", b"3", b"n"])]


async def test_a_record_larger_than_a_batch_holds_back_its_own_case_alone():
    outbox = FakeOutbox({ONE: [a_record(TOO_LARGE), a_record(b"after"), a_record(b"another", 2)]})
    producer = FakeProducer()

    assert await a_relay(outbox).sweep(producer) == 1
    assert producer.sent == [("case.events", [b"another"])]


async def test_a_relay_that_was_fenced_asks_anew_what_it_holds():
    leases = FakeLeases()
    relay = a_relay(FakeOutbox({ONE: [a_record(b"1")]}, lost={ONE}), leases)

    await relay.sweep(FakeProducer())
    await relay.sweep(FakeProducer())

    assert leases.asked == 2
