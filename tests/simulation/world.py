"""One schedule: a world is built from a seed, workers and senders live in it, faults come, and all comes to rest."""

import asyncio

from deploy.rehearse.defaults import caseworkers, organisations
from schemas import topics
from streams.settings import Broker as Kind
from streams.topics import topics_for
from tests.faults.letters import INBOUND, NOW, TENANT
from tests.faults.places import KINDS, a_slot, the_site
from tests.simulation.broker import Broker
from tests.simulation.crew import Worker, settings_of
from tests.simulation.database import Database
from tests.simulation.network import Network
from tests.simulation.senders import Senders

READ = (INBOUND, topics.CASE_COMMANDS)
PATIENCE_S = 100.0
ROUNDS = 5
PEOPLE = (topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT)


class World:
    """Everything in one schedule. `trace` is told of each call and fault."""

    def __init__(self, loop, seed, told=None):
        self.loop, self.seed, self._told = loop, seed, told
        random = loop.random
        self.network = Network(loop, loss=random.choice((0.0, 0.0, 0.01, 0.03)), slowest=0.3, told=self.tell)
        self.database = Database(loop, self.network)
        self.broker = Broker(loop, self.network)
        kind = random.choice((Kind.KAFKA, Kind.TANSU))
        self.workers = [Worker(self, name, kind) for name in ("ada", "bea")]
        self.senders = Senders(self)

    def tell(self, what):
        """Add a line to the trace."""
        if self._told is not None:
            self._told(f"{self.loop.time():8.3f} {what}")

    async def furnish(self):
        """Register, site, slots, staff and topics are there before anybody starts."""
        register = organisations(TENANT)
        store = self.database.store
        await store.put_organisations(register, NOW)
        await store.put_sites(TENANT, [the_site()])
        # One workshop with one place, which everybody books; and enough of all else, so that every plan is possible.
        slots = [a_slot(f"slot-{day}", day, 1, KINDS[0]) for day in range(4)]
        await store.put_slots(
            TENANT,
            [*slots, *(a_slot(f"spare-{kind}-{day}", day, 1000, kind) for kind in KINDS for day in (5, 8, 11, 14))],
        )
        await store.put_caseworkers(TENANT, caseworkers())
        self.broker.create(topics_for(register, settings_of("maker", Kind.KAFKA)))

    async def rest(self):
        """Wait until all that was sent was read and published, and nothing due waits."""
        deadline = self.loop.time() + PATIENCE_S
        while not await self._at_rest():
            if self.loop.time() > deadline or self.loop.is_spent:
                return
            await asyncio.sleep(0.5)

    async def _at_rest(self):
        kept = self.database.kept
        read = all(at == len(log) for at, log in self.positions())
        due = await self.due()
        mail = len(self.database.mailbox.states) >= len(self.personal())
        return self.senders.done and read and mail and not kept.outbox and not due

    def positions(self):
        """Each inbound partition's position with its log."""
        offsets = self.database.kept.offsets
        for place, log in self.broker.logs.items():
            if place.topic in READ:
                yield offsets.get(("simulated", place.topic, place.partition), 0), log

    async def due(self):
        """Timers whose time has come."""
        kept, now = self.database.kept, await self.database.clock.now()
        return [key for key, timer in kept.timers.items() if timer.due_at <= now and key[:2] not in kept.parked]

    def personal(self):
        """Ids of the notices to people."""
        return {one.event_id for one in self.database.kept.records.values() if one.topic in PEOPLE}

    async def end(self):
        """Cancel all that still runs, the dead too, and let it end."""
        self.loop.resurrect()
        self.database.down(is_down=False)
        self.broker.service.down = False
        for _ in range(ROUNDS):
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            if not tasks:
                return
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=10)
        raise AssertionError(f"tasks that cannot be cancelled: {tasks}")
