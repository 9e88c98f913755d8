"""The fake store behind a network, with watchers that note every move of a position and every end of a timer."""

from contextlib import asynccontextmanager
from datetime import timedelta

from streams.waking import Wakes
from tests.fakes.store import FakeStore, FakeWork
from tests.fakes.stream_ports import (
    FakeConsultations,
    FakeLeases,
    FakeMailbox,
    FakeOutbox,
    FakePositions,
    FakeRegister,
    FakeTimers,
)
from tests.faults.checking import Move
from tests.faults.letters import NOW
from tests.simulation.network import Remote, Service, at_once
from workflow.machine.decision import SetTimer
from workflow.ports import AmbiguousCommitError, StoreDownError
from workflow.store.waking import Wake

GAP = 0.05
COMMITS = {
    "deliver": AmbiguousCommitError,
    "intend": AmbiguousCommitError,
    "sent": AmbiguousCommitError,
    "forget": AmbiguousCommitError,
}


# What others may change while a decision is under way; the rest is read at once, to save the reader's time.
CHANGING = frozenset({"seen", "cases", "parked", "slots", "open_slots", "caseworkers", "search", "history"})


class SimulatedClock:
    """The database's clock: invented seconds, and the leaps that the schedule draws."""

    def __init__(self, loop):
        self._loop = loop
        self.leapt = timedelta()

    async def now(self):
        """Return the instant."""
        return NOW + self.leapt + timedelta(seconds=self._loop.time())


class Database:
    """Shelves, ports over them as a worker sees them, and what watchers wrote."""

    def __init__(self, loop, network):
        self.loop, self.network = loop, network
        self.service = Service("database", StoreDownError)
        self.clock = SimulatedClock(loop)
        self.store = FakeStore(self.clock)
        self.kept = self.store.kept
        self.leases = FakeLeases(loop.time)
        self.outbox = FakeOutbox(self.kept, self.leases)
        self.mailbox = FakeMailbox(self.kept)
        self.moves, self.set, self.ended, self.facts = [], [], [], {}
        self.listeners = []
        self._transaction = 0

    def down(self, *, is_down):
        """Take the database away, or give it back."""
        self.service.down = is_down

    def port(self, port, unsure=None):
        """A port as it looks from a worker."""
        return Remote(self.network, self.service, port, unsure)

    def ports(self):
        """Everything but the store that a worker is given."""
        return {
            "positions": self.port(FakePositions(self.kept)),
            "register": self.port(FakeRegister(self.kept)),
            "leases": self.port(self.leases),
            "outbox": self.port(self.outbox),
            "timers": self.port(FakeTimers(self.kept)),
            "mailbox": self.port(Watched(self.mailbox, self), COMMITS),
            "consultations": self.port(FakeConsultations()),
            "clock": self.port(self.clock),
        }

    @asynccontextmanager
    async def work(self, tenant):
        """One transaction, its reads and its end each a call."""
        now = await self.network.call(self.service, "begin", lambda: at_once(self.clock.now()))
        yield FarWork(self, FakeWork(self.kept, now))

    def listener(self):
        """Wakes of one process."""
        self.listeners.append(Wakes(None, "simulated"))
        return self.listeners[-1]

    def wake(self, *reasons):
        """Tell every listener, each after a while; one whose connection was just lost hears nothing."""
        random = self.loop.random
        for listener in self.listeners:
            if random.random() > GAP:
                self.loop.call_later(random.random() * 0.05, listener.wake, " ".join(reasons))

    def watch(self, act):
        """Do something in a transaction, and note the moves and ends that it brought."""
        offsets, timers = dict(self.kept.offsets), dict(self.kept.timers)
        self._transaction += 1
        value = act()
        for (_, topic, partition), after in self.kept.offsets.items():
            before = offsets.get((_, topic, partition), 0)
            if before != after:
                self.moves.append(
                    Move(by="amends_worker", topic=topic, partition=partition, before=before, after=after)
                )
        for key, timer in timers.items():
            if self.kept.timers.get(key) is not timer:
                self.ended.append((timer.generation, str(self._transaction)))
        for key, timer in self.kept.timers.items():
            if timers.get(key) is not timer:
                self.set.append((key, timer))
        return value

    def note_facts(self, batch):
        """Note in which transaction each fact was kept."""
        for one in batch.cases:
            self.facts |= {recorded.envelope.event_id: str(self._transaction) for recorded in one.events}


class Watched:
    """A port whose every call is watched."""

    def __init__(self, port, database):
        self._port, self._database = port, database

    def __getattr__(self, name):
        method = getattr(self._port, name)

        async def watched(*args, **kwargs):
            return self._database.watch(lambda: at_once(method(*args, **kwargs)))

        return watched


class FarWork:
    """A transaction on the far side of the network."""

    def __init__(self, database, work):
        self._database, self._work = database, work
        self._reads = Remote(database.network, database.service, work)

    def __getattr__(self, name):
        return getattr(self._reads if name in CHANGING else self._work, name)

    async def keep(self, *batches):
        """Commit: lost on the way, nobody knows whether it was kept."""

        def act():
            self._database.watch(lambda: at_once(self._work.keep(*batches)))
            for batch in batches:
                self._database.note_facts(batch)
                self._wake(batch)

        database = self._database
        answers, timers = (sum(len(getattr(one, name)) for one in batches) for name in ("answered", "fired"))
        what = f"commit of {answers} answers, {timers} timers at {_place(batches[0].position)}"
        await database.network.call(database.service, what, act, unsure=AmbiguousCommitError)

    def _wake(self, batch):
        if batch.cases or batch.outward:
            self._database.wake(Wake.RECORDS)
        if any(isinstance(change, SetTimer) for kept in batch.cases for change in kept.timers):
            self._database.wake(Wake.TIMERS)


def _place(position):
    return f"{position.topic}:{position.partition}:{position.expected}" if position else "no position"
