import asyncio
from uuid import UUID

from streams import relay as relay_module
from streams.lanes import Lanes, Pages, place_of
from streams.relay import MOST, Relay
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
    """A broker with one partition a topic that takes every batch, but for a topic that is `mute` or `missing`."""

    def __init__(self, mute=None, missing=None):
        self.sent, self.mute, self.missing = [], mute, missing

    async def partitions_for(self, topic):
        if topic == self.missing:
            await asyncio.Event().wait()
        return {0}

    def create_batch(self):
        return FakeBatch()

    async def send_batch(self, batch, topic, *, partition):
        self.sent.append((topic, batch.values))
        return asyncio.Event().wait() if topic == self.mute else asyncio.sleep(0)


class FakeOutbox:
    """An outbox of two shards; `lost` are those that somebody else holds by now."""

    def __init__(self, waiting, lost=()):
        self.waiting, self.lost, self.removed = waiting, frozenset(lost), []

    async def left(self, after, most):
        found = {shard: [one for one in self.waiting.get(shard, ()) if place_of(one) > after[shard]] for shard in after}
        return {shard: records[:most] for shard, records in found.items() if records}

    async def remove(self, held, records):
        self.removed.append((dict(held), [record.value for record in records]))
        gone = {place_of(record) for record in records}
        for shard, left in self.waiting.items():
            self.waiting[shard] = [one for one in left if place_of(one) not in gone]
        return self.lost & set(held)


class FakeLeases:
    """Gives whatever is asked for, and remembers how often."""

    def __init__(self):
        self.asked = 0

    async def take(self, names, holder, seconds):
        self.asked += 1
        return dict.fromkeys(names, 7)


def a_record(value, case=1, topic="case.events", sequence=1, part=0):
    place = {"case_id": UUID(int=case), "sequence": sequence, "part": part}
    return Outward(topic=topic, key=b"k", **place, event_id="e", headers=(), value=value)


def a_relay(outbox, leases=None):
    shards = HeldShards("relay", leases or FakeLeases(), "me", 60.0, (ONE, OTHER))
    return Relay(settings=some_settings(), outbox=outbox, shards=shards, waker=None)


async def sweeps(relay, producer, times=1):
    """Sweep so often in a row, as between two pauses; return what was acknowledged in all."""
    lanes, pages = Lanes(patience_s=0.01), Pages(MOST)
    try:
        return sum([await relay.sweep(producer, lanes, pages) for _ in range(times)])
    finally:
        await lanes.close()


async def test_what_all_shards_have_for_a_partition_is_one_batch_and_is_forgotten_at_once():
    outbox = FakeOutbox(
        {
            ONE: [a_record(b"1"), a_record(b"2", sequence=2)],
            OTHER: [a_record(b"3", 2), a_record(b"n", 2, "notices", part=1)],
        }
    )
    producer = FakeProducer()

    acknowledged = await sweeps(a_relay(outbox), producer)

    assert acknowledged == 4
    assert producer.sent == [("case.events", [b"1", b"2", b"3"]), ("notices", [b"n"])]
    assert outbox.removed == [({ONE: 7, OTHER: 7}, [b"1", b"2", b"3", b"n"])]


async def test_a_record_larger_than_a_batch_holds_back_its_own_case_alone():
    outbox = FakeOutbox({ONE: [a_record(TOO_LARGE), a_record(b"after", sequence=2), a_record(b"another", 2)]})
    producer = FakeProducer()

    assert await sweeps(a_relay(outbox), producer) == 1
    assert producer.sent == [("case.events", [b"another"])]


async def test_a_relay_that_was_fenced_asks_anew_what_it_holds():
    leases = FakeLeases()
    relay = a_relay(FakeOutbox({ONE: [a_record(b"1")]}, lost={ONE}), leases)

    await sweeps(relay, FakeProducer(), 2)

    assert leases.asked == 2


async def test_a_topic_that_takes_nothing_holds_up_no_other():
    stuck = [a_record(b"n", case, "notices", part=1) for case in range(3 * MOST)]
    facts = [a_record(b"%d" % case, case) for case in range(3 * MOST)]
    outbox, producer = FakeOutbox({ONE: sorted([*stuck, *facts], key=place_of)}), FakeProducer(mute="notices")

    acknowledged = await sweeps(a_relay(outbox), producer, 12)

    assert acknowledged == len(facts)
    assert outbox.waiting[ONE] == stuck


async def test_what_was_passed_over_is_not_overtaken_by_its_own_case():
    stuck = [a_record(b"1", 1, "notices", sequence=n) for n in range(MOST)]
    later = [a_record(b"2", 1, "notices", sequence=MOST), a_record(b"3", 2, "notices")]
    outbox, producer = FakeOutbox({ONE: [*stuck, *later]}), FakeProducer(mute="notices")
    relay, lanes, pages = a_relay(outbox), Lanes(patience_s=0.01), Pages(MOST)
    await relay.sweep(producer, lanes, pages)
    await lanes.close()
    producer.mute = None

    await relay.sweep(producer, lanes, pages)

    assert pages.are_turning is False
    assert producer.sent[1:] == [("notices", [b"3"])]
    await relay.sweep(producer, lanes, pages)
    assert [value for _, values in producer.sent[2:] for value in values] == [b"1"] * MOST


async def test_a_topic_that_is_not_there_costs_a_second_and_not_the_lease(monkeypatch):
    monkeypatch.setattr(relay_module, "UNKNOWN_S", 0.01)
    outbox = FakeOutbox({ONE: [a_record(b"n", topic="notices"), a_record(b"1", 2)]})

    assert await sweeps(a_relay(outbox), FakeProducer(missing="notices")) == 1


async def test_a_batch_that_ends_late_is_forgotten_when_it_has():
    outbox, answered = FakeOutbox({ONE: [a_record(b"1")]}), asyncio.Event()
    producer, lanes, pages = FakeProducer(), Lanes(patience_s=0.01), Pages(MOST)

    async def send_batch(batch, topic, *, partition):
        return answered.wait()

    producer.send_batch = send_batch
    assert await a_relay(outbox).sweep(producer, lanes, pages) == 0
    answered.set()
    await asyncio.sleep(0)
    assert await a_relay(outbox).sweep(producer, lanes, pages) == 1
