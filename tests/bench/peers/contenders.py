"""Those who run the process: how each is started, what it is sent, and how one sees that it is done."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.postgres_roles import OWNER, ensure_database
from deploy.settings import environment_of
from schemas import topics
from schemas.vocabulary import AgencyKind
from tests.bench import meter
from tests.bench.peers.environments import HERE, python_of
from tests.bench.peers.process import STEPS, Plan
from tests.bench.rounds import ENGINE_LEFT, MOST_S, NotMovedError, Round
from tests.builders.ground import MASTER_KEY
from tests.databases import PASSWORDS
from workflow.store.keys import KeyedIds, MasterKeys

PARTS = {"in": 3, "out": 12}
SAID = 3_000
AGENCY, TENANT = "derbyshire-constabulary", "derbyshire"


@dataclass(kw_only=True)
class Contender:
    """One who runs the process; `waves` are what is sent one after the other, each when the one before is done."""

    name: str
    ground: object
    database: asyncpg.Connection
    waves: tuple = STEPS
    sent: int = 0
    pids: dict = field(default_factory=dict)

    async def move(self, producer, referrals):
        """Take so many cases through the process; what it cost. What its process said last is told if it is stuck."""
        before = await meter.read(self.database, self.pids)
        for wave in self.waves:
            self.sent += len(referrals)
            for referral in referrals:
                await self.send(producer, wave, referral)
            await producer.flush()
            if not await done_within(self.done, MOST_S):
                said = self.ground.home.log(self.log).read_text(encoding="utf-8", errors="replace")
                raise NotMovedError(f"{self.name} is stuck in {wave}: {said[-SAID:]}")
        return Round(referrals=len(referrals), batches=1, spent=await meter.read(self.database, self.pids) - before)


@dataclass(kw_only=True)
class Engine(Contender):
    """Ours: referrals by the agency's topic, commands by the provider's, all else as in production."""

    provider: str
    ids: KeyedIds

    log = "engine"

    @classmethod
    def made(cls, ground, database, provider):
        """Ours, on the ground's own database; ids are derived as the worker derives them."""
        ids = KeyedIds(MasterKeys(bytes.fromhex(MASTER_KEY)))
        return cls(name="amends", ground=ground, database=database, provider=provider, ids=ids)

    @asynccontextmanager
    async def running(self):
        """A worker of its own, since that of the ground is not counted."""
        settings = self.ground.settings.model_copy(update={"worker": "engine"})
        worker = self.ground.start("engine", "deploy.cli", "worker", environment=environment_of(settings))
        self.pids = self.ground.pids | {"worker": worker.pid}
        try:
            yield
        finally:
            await worker.kill()

    async def done(self):
        """Judged, published, and told."""
        return not await self.database.fetchval(ENGINE_LEFT, self.sent)

    async def send(self, producer, wave, one):
        """A referral, or a command about the case that it opened."""
        if wave == "SubmitReferral":
            topic, key, value = topics.referrals(AgencyKind.POLICE, AGENCY), one.key, one.value
        else:
            topic, (key, value) = topics.CASE_COMMANDS, self._command(wave, one)
        headers = [("amends-sending", f"{wave}-{one.number}".encode())]
        await producer.send(topic, value, key=key, headers=headers)

    def _command(self, name, one):
        case = self.ids.derive("case", TENANT, AGENCY, one.message_id)
        body = {
            "message_id": str(self.ids.derive("peer", name, one.message_id)),
            "organisation": self.provider,
            "case_id": str(case),
            "type": name,
            "data": {},
            "by": {"id": "desk", "roles": ["manager"]},
        }
        return str(case).encode(), json.dumps(body).encode()


@dataclass(kw_only=True)
class Peer(Contender):
    """Another: it reads one topic and writes one, and has a database of its own."""

    plan: Plan
    looking: AIOKafkaConsumer
    server: object = None

    @property
    def log(self):
        """Its log has its name."""
        return self.name

    @classmethod
    async def made(cls, name, ground, opened, *, waves, server=None):
        """Make its database and topics."""
        await ensure_database(ground.postgres, name, PASSWORDS)
        dsn = ground.postgres.dsn(OWNER, PASSWORDS[OWNER], name)
        database = await asyncpg.connect(dsn)
        opened.push_async_callback(database.close)
        await database.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
        admin = AIOKafkaAdminClient(bootstrap_servers=ground.broker.bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(f"{name}.{way}", parts, 1) for way, parts in PARTS.items()])
        await admin.close()
        plan = Plan(bootstrap=ground.broker.bootstrap, dsn=dsn, inbound=f"{name}.in", outbound=f"{name}.out")
        looking = AIOKafkaConsumer(bootstrap_servers=ground.broker.bootstrap)
        await opened.enter_async_context(looking)
        looking.assign([TopicPartition(plan.outbound, part) for part in range(PARTS["out"])])
        return cls(name=name, ground=ground, database=database, waves=waves, plan=plan, looking=looking, server=server)

    @asynccontextmanager
    async def running(self):
        """Its process, and before it the server that it may need."""
        pids, plan = dict(self.ground.pids), self.plan
        async with self.server.running() if self.server else _nothing() as (pid, address):
            if pid:
                pids, plan = pids | {"server": pid}, replace(plan, server=address)
            path = self.ground.home.run / f"{self.name}.json"
            path.write_text(json.dumps(asdict(plan)), encoding="utf-8")
            module = f"tests.bench.peers.{self.name}.app"
            process = self.ground.start(self.name, module, str(path), environment={}, python=python_of(self.name))
            self.pids = pids | {"worker": process.pid}
            try:
                yield
            finally:
                await process.kill()

    async def done(self):
        """Every command's event is on the topic."""
        ends = await self.looking.end_offsets(self.looking.assignment())
        return sum(ends.values()) >= self.sent * (len(STEPS) // len(self.waves))

    async def send(self, producer, wave, one):
        """The referral's bytes, or nothing but the command's name."""
        value = one.value if wave == "SubmitReferral" else b""
        headers = [("command", wave.encode())]
        await producer.send(self.plan.inbound, value, key=one.message_id.encode(), headers=headers)


async def done_within(done, most_s):
    """Whether it was done in time. It is asked each 2 % of the time so far: asking more often costs the slow most."""
    began = time.monotonic()
    while not await done():
        waited = time.monotonic() - began
        if waited >= most_s:
            return False
        await asyncio.sleep(max(0.02, waited / 50))
    return True


@asynccontextmanager
async def _nothing():
    yield None, ""
