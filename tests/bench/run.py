"""One benchmark: warm up, measure what a referral writes, let both contenders run in turn, then wait for receipts."""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.local.postgres_roles import OWNER, ensure_database
from deploy.local.waiting import holds_within
from schemas.vocabulary import OrganisationKind
from tests.bench import shape
from tests.bench.bare_pipe import Plan
from tests.bench.latency import latencies
from tests.bench.referrals import police_referrals
from tests.bench.report import report
from tests.bench.rounds import MOST_S, the_engine, the_pipe
from tests.builders.ground import READY_S, standing
from tests.builders.streams import an_organisation
from tests.databases import PASSWORDS

PIPE = "pipe"
REGISTER = (
    an_organisation(),
    an_organisation("mend-derbyshire", OrganisationKind.PROVIDER),
    an_organisation("derby-city-youth-justice", OrganisationKind.YOUTH_JUSTICE),
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is measured: no more rounds begin after `enough_s`, for a slow machine should be done in time too.

    The load is fixed, so that waits of different days can be compared.
    """

    rounds: int = 3
    referrals: int = 400
    warm_up: int = 200
    load_per_s: int = 40
    load_s: float = 8.0
    seed: int = 7
    enough_s: float = 75.0
    kafka: bool = True


@dataclass(slots=True)
class Course:
    """What a benchmark works with while it runs."""

    ground: object
    options: Options
    opened: AsyncExitStack
    producer: AIOKafkaProducer
    engine: object
    plan: Plan | None = None
    used: int = 0

    def some(self, count):
        """So many referrals that nobody has had yet."""
        self.used += count
        return police_referrals(self.options.seed, self.used - count, count)

    async def measured(self):
        """What one referral writes, from the first ones that the engine moves."""
        database, count = self.engine.database, self.options.warm_up
        before = await shape.stored(database)
        spent = (await self.engine.move(self.producer, self.some(count))).spent
        idle = await shape.idle_commits(self.engine.reading)
        commits = spent.commits - idle * spent.at
        outward = {name: parts for name, parts in self.ground.partitions.items() if not name.startswith("referrals.")}
        kept = await database.fetchval(shape.OUTWARD)
        published = await shape.published(self.ground.broker.bootstrap, outward, kept)
        return await shape.shape_of(database, published, before=before, referrals=count, commits=commits)

    async def pipe(self, measured):
        """Start the bare pipe, and return it warmed up."""
        self.plan = self._plan(measured)
        await ensure_database(self.ground.postgres, PIPE, PASSWORDS)
        path = self.ground.home.run / "pipe-plan.json"
        path.write_text(json.dumps(asdict(self.plan)), encoding="utf-8")
        process = self.ground.start("pipe", "tests.bench.bare_pipe", str(path), environment={})
        self.opened.push_async_callback(process.kill)
        database = await asyncpg.connect(self.plan.dsn)
        self.opened.push_async_callback(database.close)

        async def reads():
            there = await database.fetchval("SELECT to_regclass('positions') IS NOT NULL")
            return there and await database.fetchval("SELECT count(*) FROM positions") == self.plan.parts

        await process.wait_ready(reads, seconds=READY_S)
        pipe = the_pipe(self.ground, database, process)
        await pipe.move(self.producer, self.some(self.options.warm_up))
        return pipe

    def _plan(self, measured):
        streams = self.ground.settings.streams()
        return Plan(
            bootstrap=self.ground.broker.bootstrap,
            dsn=self.ground.postgres.dsn(OWNER, PASSWORDS[OWNER], PIPE),
            idempotent=not streams.is_tansu,
            batch_most=streams.batch_most,
            parts=streams.inbound_partitions,
            tables={name: (one.count, one.size) for name, one in measured.tables.items()},
            topics={name: (one.count, one.size) for name, one in measured.topics.items()},
            partitions={name: self.ground.partitions[name] for name in measured.topics},
            commits=measured.commits,
        )


async def _nothing(course, pipe):
    """Look at nothing."""


async def bench(options, look=_nothing):
    """Run it all and return the report; `look` is called before everything is taken down."""
    clock = asyncio.get_running_loop().time
    enough_at, others = clock() + options.enough_s, round(os.getloadavg()[0], 1)
    async with AsyncExitStack() as opened:
        course = await begun(options, opened)
        measured = await course.measured()
        pipe = await course.pipe(measured)
        contenders = (course.engine, pipe)
        rounds = {contender.name: [] for contender in contenders}
        while len(rounds["pipe"]) < options.rounds and not (rounds["pipe"] and clock() > enough_at):
            sent = course.some(options.referrals)
            for contender in contenders:
                rounds[contender.name].append(await contender.move(course.producer, sent))
        waits = await _waits(course)
        await holds_within(course.engine.finished, MOST_S)
        await look(course, pipe)
        stated = {
            "load_per_s": options.load_per_s,
            "seed": options.seed,
            "referrals_a_round": options.referrals,
            "load_average_before": others,
            "versions": course.ground.versions,
        }
        return report(rounds, waits=waits, shape=measured, stated=stated)


async def begun(options, opened):
    ground = await opened.enter_async_context(standing(REGISTER, kafka=options.kafka))
    database = await asyncpg.connect(ground.database.superuser)
    opened.push_async_callback(database.close)
    producer = AIOKafkaProducer(bootstrap_servers=ground.broker.bootstrap, acks="all")
    await opened.enter_async_context(producer)
    return Course(ground, options, opened, producer, the_engine(ground, database))


async def _waits(course):
    load, bootstrap = course.options.load_per_s, course.ground.broker.bootstrap
    referrals = course.some(round(load * course.options.load_s))
    return await latencies(course.engine, course.producer, referrals, per_s=load, bootstrap=bootstrap)
