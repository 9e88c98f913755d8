"""A broker in memory: logs, a group's coordinator, and clients that have what the streams use of aiokafka's."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaConnectionError, KafkaError

from tests.simulation.network import Service

CLUSTER = "simulated"


@dataclass
class Member:
    """One consumer of a group, as its coordinator knows it."""

    topics: tuple
    seen_at: float
    session_s: float
    joined: int = 0


@dataclass
class Group:
    """Who reads together: whoever is silent for a session is out, and each change makes a new generation."""

    members: dict = field(default_factory=dict)
    generation: int = 0

    def beat(self, name, topics, now, session_s):
        """Hear a member; return the generation, and whether all have joined it."""
        gone = [other for other, one in self.members.items() if now - one.seen_at > one.session_s]
        for other in gone:
            del self.members[other]
        known = self.members.get(name)
        if gone or known is None or known.topics != topics:
            self.generation += 1
        self.members[name] = Member(topics, now, session_s, known.joined if known else 0)
        return self.generation, all(one.joined == self.generation for one in self.members.values())

    def share(self, name, partitions):
        """The partitions of one member: those of its topics, dealt in turn to all who read them."""
        mine = set()
        for number, place in enumerate(sorted(partitions)):
            readers = sorted(other for other, one in self.members.items() if place.topic in one.topics)
            if readers and readers[number % len(readers)] == name:
                mine.add(place)
        return mine


class Broker:
    """Logs that only grow. `appended` wakes long polls."""

    def __init__(self, loop, network):
        self.loop, self.network = loop, network
        self.service = Service("broker", KafkaConnectionError)
        self.logs = {}
        self.groups = defaultdict(Group)
        self._polls = []

    def create(self, topics):
        """Make topics that are missing."""
        for topic in topics:
            for number in range(topic.partitions):
                self.logs.setdefault(TopicPartition(topic.name, number), [])

    def partitions(self, topics):
        """The partitions of these topics."""
        return {place for place in self.logs if place.topic in topics}

    def append(self, place, records):
        """Append records as one batch."""
        log = self.logs[place]
        for key, value, headers in records:
            log.append(
                SimpleNamespace(
                    topic=place.topic,
                    partition=place.partition,
                    offset=len(log),
                    key=key,
                    value=value,
                    headers=tuple(headers),
                )
            )
        woken = [poll for topics, poll in self._polls if place.topic in topics and not poll.done()]
        self._polls = [one for one in self._polls if not one[1].done() and one[1] not in woken]
        for poll in woken:
            poll.set_result(None)

    def poll(self, topics):
        """A future that is done with the next record of these topics."""
        self._polls.append((topics, self.loop.create_future()))
        return self._polls[-1][1]

    async def cluster_id(self, settings):
        """As streams.cluster asks it."""
        return await self.network.call(self.service, "cluster id", lambda: CLUSTER)

    async def create_topics(self, settings, topics):
        """As streams.topics makes them."""
        await self.network.call(self.service, "create topics", lambda: self.create(topics))

    async def reaches(self, options, place, position):
        """As streams.reaching asks it."""
        return await self.network.call(self.service, "reaches", lambda: len(self.logs[place]) >= position)


class SimulatedConsumer:
    """What the streams use of AIOKafkaConsumer."""

    def __init__(self, broker, **options):
        self._broker, self._network, self._service = broker, broker.network, broker.service
        self._name = options.get("group_instance_id") or f"member-{broker.loop.turns}"
        self._static = "group_instance_id" in options
        self._group = broker.groups[options["group_id"]]
        self._session_s = options["session_timeout_ms"] / 1000
        self._beat_s = options["heartbeat_interval_ms"] / 1000
        self._topics, self._listener, self._task = (), None, None
        self._generation = None
        self._at, self._paused = {}, set()

    async def start(self):
        """Connect."""
        await self._network.call(self._service, "connect", lambda: None)

    def subscribe(self, topics, listener):
        """Read these topics with the group."""
        self._topics, self._listener = tuple(topics), listener
        if self._task is None:
            self._task = asyncio.ensure_future(self._belong())

    async def stop(self):
        """Leave; a static member's place is kept."""
        if self._task is not None:
            self._task.cancel()
        if not self._static:
            with suppress(KafkaError):
                await self._network.call(self._service, "leave", self._leave)

    def _leave(self):
        if self._group.members.pop(self._name, None) is not None:
            self._group.generation += 1

    async def _belong(self):
        while True:
            with suppress(KafkaError):
                await self._beat()
            await asyncio.sleep(self._beat_s if self._at else self._beat_s / 5)

    async def _beat(self):
        generation, complete = await self._network.call(self._service, "heartbeat", self._heard)
        if generation != self._generation:
            revoked, self._at, self._paused = set(self._at), {}, set()
            await self._listener.on_partitions_revoked(revoked)
            generation, complete = await self._network.call(self._service, "join", self._join)
            self._generation = generation
            self._settled = False
        if complete and not self._settled:
            mine = await self._network.call(self._service, "sync", self._share)
            if mine is not None:
                self._settled = True
                self._at = dict.fromkeys(sorted(mine), 0)
                self._listener.on_partitions_assigned(mine)

    def _heard(self):
        return self._group.beat(self._name, self._topics, self._broker.loop.time(), self._session_s)

    def _join(self):
        self._heard()
        self._group.members[self._name].joined = self._group.generation
        return self._heard()

    def _share(self):
        if self._group.generation != self._generation:
            return None
        return self._group.share(self._name, self._broker.partitions(self._topics))

    async def getmany(self, *, timeout_ms, max_records):
        """Return records of the assigned partitions, or nothing after so long."""
        deadline = self._broker.loop.time() + timeout_ms / 1000
        while True:
            with suppress(KafkaError):
                if found := await self._fetch(max_records):
                    return found
            left = deadline - self._broker.loop.time()
            if left <= 0:
                return {}
            poll = self._broker.poll(self._topics)
            await asyncio.wait([poll], timeout=left)

    async def _fetch(self, most):
        asked = {place: at for place, at in self._at.items() if place not in self._paused}
        if not asked:
            return {}
        logs = self._broker.logs
        take = lambda: {place: logs[place][at : at + most] for place, at in asked.items()}  # noqa: E731
        found = await self._network.call(self._service, "fetch", take)
        # A seek or a rebalance meanwhile makes an answer worthless.
        sound = {place: rows for place, rows in found.items() if rows and self._at.get(place) == asked[place]}
        for place, rows in sound.items():
            self._at[place] += len(rows)
        return sound

    def seek(self, place, offset):
        """Read on from there."""
        if place not in self._at:
            raise IllegalStateError(str(place))
        self._at[place] = offset

    def pause(self, place):
        """Read it no longer."""
        if place not in self._at:
            raise IllegalStateError(str(place))
        self._paused.add(place)

    async def beginning_offsets(self, places):
        """Nothing falls out of these logs."""
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places):
        """Where the logs end."""
        logs = self._broker.logs
        return await self._network.call(self._service, "ends", lambda: {one: len(logs[one]) for one in places})

    async def commit(self, offsets):
        """Nothing of ours reads it."""


class SimulatedBatch:
    """What the relay uses of a batch."""

    def __init__(self):
        self.records = []

    def append(self, *, key, value, timestamp, headers):
        """Take a record."""
        self.records.append((key, value, headers))
        return len(self.records)

    def close(self):
        """Take no more."""


class SimulatedProducer:
    """What the relay uses of AIOKafkaProducer: one that is not idempotent repeats a batch whose answer was lost."""

    def __init__(self, broker, **options):
        self._broker, self._network, self._service = broker, broker.network, broker.service
        self._idempotent = options["enable_idempotence"]

    async def start(self):
        """Connect."""
        await self._network.call(self._service, "connect", lambda: None)

    async def stop(self):
        """Let go."""

    async def partitions_for(self, topic):
        """The partitions of a topic; as of an unknown one there are none."""
        return {place.partition for place in self._broker.partitions({topic})}

    def create_batch(self):
        """An empty batch."""
        return SimulatedBatch()

    async def send_batch(self, batch, topic, *, partition):
        """Send a batch; what comes back is the acknowledgement to be waited for."""
        place = TopicPartition(topic, partition)

        def append():
            self._broker.append(place, batch.records)
            if not self._idempotent and self._broker.loop.random.random() < 0.05:
                self._broker.append(place, batch.records)

        return self._network.send(self._service, f"publish {len(batch.records)} to {topic}:{partition}", append)
