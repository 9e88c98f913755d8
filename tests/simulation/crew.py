"""One worker: the real source, notifier, relay and timekeeper on simulated clients; killed, frozen, begun again."""

import asyncio
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from deploy.calendar import govuk_calendar
from schemas import topics
from streams import relay, source
from streams.notifier import Notifier
from streams.relay import Relay
from streams.settings import StreamSettings
from streams.shards import HeldShards
from streams.source import BatchSource, Parts
from streams.taking import Taker
from streams.timekeeper import Timekeeper
from tests.databases import KEYS
from tests.simulation.broker import SimulatedConsumer, SimulatedProducer
from tests.simulation.loop import RUNNING
from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.schemes.reading import packaged_schemes
from workflow.store.keys import KeyedIds
from workflow.store.rows import SHARDS
from workflow.store.waking import Wake

LEASE_S = 4.0
# Read once a run: each schedule would read them again.
BOOK = Rulebook(schemes=packaged_schemes(), calendar=govuk_calendar())
IDS = KeyedIds(KEYS)


@contextmanager
def simulated_clients(world):
    """Give the modules of the streams clients of the simulated broker, and invented seconds."""
    loop, broker = world.loop, world.broker
    simulated = {
        (source, "AIOKafkaConsumer"): partial(SimulatedConsumer, broker),
        (source, "cluster_id"): broker.cluster_id,
        (source, "create_topics"): broker.create_topics,
        (source, "reaches"): broker.reaches,
        (source, "time"): SimpleNamespace(monotonic=loop.time),
        (relay, "AIOKafkaProducer"): partial(SimulatedProducer, broker),
    }
    real = {(module, name): getattr(module, name) for module, name in simulated}
    for (module, name), client in simulated.items():
        setattr(module, name, client)
    try:
        yield
    finally:
        for (module, name), client in real.items():
            setattr(module, name, client)


def settings_of(name, kind):
    """Settings with short waits: what is slow is drawn, not set."""
    return StreamSettings(
        bootstrap="simulated:1",
        data_folder=Path("/nonexistent"),
        worker=name,
        broker=kind,
        inbound_partitions=2,
        case_partitions=2,
        batch_most=4,
        refresh_s=5.0,
        idle_ms=1_000,
        lease_s=LEASE_S,
        sweep_s=2.0,
        watchdog_s=20.0,
    )


class Worker:
    """A worker of one name; each life of it is another process, with another holder of leases."""

    def __init__(self, world, name, kind):
        self._world, self.name = world, name
        self._settings = settings_of(name, kind)
        self.lives = 0
        self.process = None
        self.tasks = []
        self.ended = []
        self.armed = {}

    def start(self):
        """Begin a life."""
        self.lives += 1
        self.process = self._world.loop.begin(f"{self.name}.{self.lives}")
        context = copy_context()
        context.run(RUNNING.set, self.process)
        context.run(self._start)

    def _start(self):
        for name, run in self._runs().items():
            self.tasks.append(asyncio.ensure_future(self._run(name, run)))

    async def _run(self, name, run):
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - whatever ends a part of a worker ends the worker
            self.ended.append(f"{name} of {self.process} ended by {error!r}")
            self.kill()

    def kill(self):
        """End this life as kill -9 does."""
        self._world.tell(f"kill {self.process}")
        self._world.loop.kill(self.process)

    def freeze(self, *, frozen):
        """Stop every callback, or let them go on."""
        self._world.tell(f"{'freeze' if frozen else 'thaw'} {self.process}")
        self.process.frozen = frozen

    def fail_at(self, name):
        """Die at a named point if the schedule says so."""
        if self.armed.get(name):
            self.armed[name] -= 1
            if not self.armed[name]:
                self._world.tell(f"failpoint {name}")
                self.kill()

    def _runs(self):
        database = self._world.database
        far, wakes = database.ports(), database.listener()
        office = Office(store=database, book=BOOK, ids=IDS, fail_at=self.fail_at)
        mail = Notifier(
            store=database, mailbox=far["mailbox"], consultations=far["consultations"], book=BOOK, clock=far["clock"]
        )
        fixed = (topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT)
        keeper = Timekeeper(
            office=office,
            timers=far["timers"],
            shards=self._shards("timekeeper", far["leases"]),
            clock=far["clock"],
            waker=wakes.waiter(Wake.TIMERS, Wake.CLOCK),
            longest_wait_s=self._settings.sweep_s,
            fail_at=self.fail_at,
        )
        relayed = Relay(
            settings=self._settings,
            outbox=far["outbox"],
            shards=self._shards("relay", far["leases"]),
            waker=wakes.waiter(Wake.RECORDS),
            fail_at=self.fail_at,
        )
        return {
            "source": self._source(Taker(office, far["clock"], IDS), far).run,
            "notifier": self._source(mail, far, reads="notifier", fixed=fixed).run,
            "timekeeper": keeper.run,
            "relay": relayed.run,
        }

    def _source(self, taker, far, **changes):
        return BatchSource(
            Parts(
                settings=self._settings,
                taker=taker,
                positions=far["positions"],
                register=far["register"],
                fail_at=self.fail_at,
                die=self.kill,
                **changes,
            )
        )

    def _shards(self, kind, leases):
        loop = self._world.loop
        return HeldShards(kind, leases, str(self.process), LEASE_S, tuple(range(SHARDS)), loop.time)
