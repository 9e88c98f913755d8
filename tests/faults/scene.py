"""One experiment's ground: emptied parts, topics, a register, workers, senders; and the wait for rest."""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.waiting import holds_within
from deploy.rehearse.defaults import caseworkers, organisations
from deploy.settings import EngineSettings, KafkaSettings, Settings
from schemas import topics
from schemas.vocabulary import ActivityKind
from streams.topics import create_topics, topics_for
from tests.databases import KEYS
from tests.faults.beginning import anew
from tests.faults.letters import AGENCY, INBOUND, NOW, TENANT, lives
from tests.faults.load import opened_senders
from tests.faults.places import KINDS, a_slot, the_site
from tests.faults.reading import LEFT, read_history
from tests.faults.workers import Workers
from workflow.store.keys import KeyedIds
from workflow.store.reference import Reference
from workflow.store.waking import Wake, wake

LEASE_S = 2.0
SLOTS = 4
PLACES = 3
ENOUGH = 10_000
LARGEST = {"max.message.bytes": "8388608"}
READ = (INBOUND, topics.CASE_COMMANDS)
MAIL_WAITS = """
SELECT count(*) FROM outward_records r WHERE r.topic IN ('notices.participant', 'notices.affected-person')
AND NOT EXISTS (SELECT FROM deliveries d WHERE d.ce_id = r.ce_id)
"""
SET_CLOCK = "INSERT INTO demo_clock (one, at) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET at = $1"


class Scene:
    """Ground under one run. `patience_s` is how long it may take to come to rest after the last fault.

    `full` asks for a fault as long and as often as in life; `deaths` counts brokers and databases that were killed;
    `left` is what a fault found besides that should not be there, counted; `begin` is how its processes begin.
    """

    def __init__(self, rig, name, seed, *, patches=(), patience_s=240.0, full=False, begin=anew):
        self.rig, self.name, self.seed, self.patience_s = rig, name, seed, patience_s
        self.full, self.begin, self.deaths, self.left = full, begin, 0, {}
        self.ids = KeyedIds(KEYS)
        self.folder = rig.folder / name
        self.folder.mkdir(mode=0o755)
        self.worker_dsn = rig.database.worker
        self.mail = None
        self.elsewhere = {}  # by name, what a worker has to know otherwise
        self.mailed = ()
        self.noted = ""
        self.workers = Workers(self.settings, self.folder, patches, begin)
        self.opened = None  # what ends with the scene
        self.senders = self.database = self._looking = None
        self._places = ()

    def settings(self, worker, **engine):
        """The settings of a worker of this scene."""
        settings = Settings(
            home=self.folder,
            database={"amends_worker": self.worker_dsn, "amends_portal": self.rig.database.portal},
            kafka=self._kafka(),
            master_key=KEYS.master.hex(),
            worker=worker,
            mail=self.mail,
            engine=EngineSettings(lease_s=LEASE_S, batch=10, failpoints_allowed=True, **engine),
        )
        return settings.model_copy(update=self.elsewhere.get(worker, {}))

    def _kafka(self):
        broker = self.rig.broker
        shape = {"group": self.name, "heartbeat_ms": 1_000, "replication": self.rig.replication}
        return KafkaSettings(bootstrap=broker.bootstrap, **shape)

    def lives(self, count, now=NOW):
        """So many lives of this scene's seed, referred at an instant."""
        return lives(self.seed, count, lambda message: self.ids.derive("case", TENANT, AGENCY, message), now=now)

    async def furnish(self):
        """Put the register, sites, slots and staff there, set the clock, and make the topics."""
        register = organisations(TENANT)
        async with asyncpg.create_pool(self.rig.database.worker, min_size=1, max_size=1) as pool:
            reference = Reference(pool)
            await reference.put_organisations(register, NOW)
            await reference.put_sites(TENANT, [the_site()])
            await reference.put_slots(TENANT, _slots())
            await reference.put_caseworkers(TENANT, [replace(one, max_cases=ENOUGH) for one in caseworkers()])
        await self.set_clock(NOW)
        await make_topics(self)

    async def set_clock(self, at):
        """Move the one clock of all parts, and wake whoever waits for it."""
        await self.database.execute(SET_CLOCK, at)
        await wake(self.database, Wake.CLOCK)

    async def ends(self, names=READ):
        """Where the partitions of topics end: those that are read, unless others are named."""
        found = await self._looking.end_offsets([one for one in self._places if one.topic in names])
        return {(place.topic, place.partition): end for place, end in found.items()}

    async def at_rest(self):
        """Whether everything sent was read, published, and nothing due waits."""
        ends = await self.ends()
        rows = await self.database.fetch(
            "SELECT topic, partition, position FROM offsets WHERE cluster = $1", self.rig.broker.cluster_id
        )
        found = {(row["topic"], row["partition"]): row["position"] for row in rows}
        left = await self.database.fetchrow(LEFT)
        mail = await self.database.fetchval(MAIL_WAITS)
        return not any(left) and not mail and all(found.get(place, 0) == end for place, end in ends.items())

    async def read(self):
        """How many records have been read: where the positions stand, in all."""
        return await self.database.fetchval("SELECT coalesce(sum(position), 0) FROM offsets")

    async def rests(self, seconds=None):
        """Wait for rest; whether it came."""
        return await holds_within(self.at_rest, self.patience_s if seconds is None else seconds)

    async def history(self):
        """Stop the workers and read everything."""
        ends = await self.ends()
        await self.workers.end()
        options = {"bootstrap_servers": self.rig.broker.bootstrap}
        found = await read_history(self.database, self.senders, self.ids, options, ends=ends, mailed=self.mailed)
        return replace(found, left={**found.left, **self.left})


async def make_topics(scene):
    """Make a scene's topics that are missing, and wait until every broker has heard of them."""
    settings = scene.settings("maker").streams()
    # The engine's own limit is tried, so the broker must let more pass.
    wanted = [replace(one, config={**one.config, **LARGEST}) for one in topics_for(organisations(TENANT), settings)]
    await create_topics(settings, wanted)
    await scene.rig.knows([one.name for one in wanted])
    scene._places = [TopicPartition(one.name, n) for one in wanted for n in range(one.partitions)]


def _slots():
    """Workshops with too few places, which everybody books; and enough of all else, so that every plan is possible."""
    contended = [a_slot(f"slot-{day}", day, PLACES, ActivityKind.ASB_WORKSHOP) for day in range(SLOTS)]
    spare = [a_slot(f"spare-{kind}", SLOTS + day, ENOUGH, kind) for day, kind in enumerate(KINDS)]
    return [*contended, *spare]


async def look_again(scene):
    """Connect a scene anew: PostgreSQL died, and the connection with which it looked."""
    await _blind(scene)
    scene.database = await asyncpg.connect(scene.rig.database.superuser)


async def _blind(scene):
    if scene.database is not None:
        scene.database.terminate()


@asynccontextmanager
async def opened_scene(rig, name, seed, **options):
    """Empty the rig, furnish a scene, and leave no process behind."""
    await rig.emptied()
    scene = Scene(rig, name, seed, **options)
    bootstrap = rig.broker.bootstrap
    async with AsyncExitStack() as opened:
        scene.opened = opened
        await look_again(scene)
        opened.push_async_callback(_blind, scene)
        await scene.furnish()
        scene._looking = await opened.enter_async_context(AIOKafkaConsumer(bootstrap_servers=bootstrap))
        scene._looking.assign(scene._places)
        scene._looking.pause(*scene._places)  # it asks where they end, and reads nothing
        scene.senders = await opened.enter_async_context(opened_senders(bootstrap, scene.folder / "ledger.jsonl"))
        opened.push_async_callback(scene.workers.end)
        yield scene
