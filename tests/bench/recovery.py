"""How long nothing moves after kill -9 of a worker, the database or the broker, each started again at once.

    python -m tests.bench.recovery

The relay lives in the worker and dies with it: `kept` is when a referral sent after the kill was kept, `told` when its
receipt could be read, which is the relay's work.
"""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from statistics import median

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.local.waiting import holds_within
from deploy.settings import environment_of
from tests.bench.latency import NOTICES
from tests.bench.referrals import police_referrals
from tests.bench.rounds import ENGINE_TOPIC
from tests.bench.run import REGISTER
from tests.builders.ground import Ground, standing

TIMES = 5
MOST_S = 90.0
LOOK_S = 0.02
TROUBLE = (KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
AT_ONCE = 12
_KEPT = "SELECT count(*) FROM sendings WHERE number = ANY($1::text[])"
_HOLDERS = "SELECT count(DISTINCT holder) FROM leases WHERE expires_at > now()"


@dataclass
class Victims:
    """What is killed. `workers` are those that run, the oldest first."""

    ground: Ground
    workers: list
    names: count

    async def worker(self):
        """The only worker, started again under its name, as a supervisor would."""
        await self.workers[0].kill()
        self.workers = [self._started("one")]

    async def one_of_two(self):
        """A worker that does not come back; the other one takes over."""
        await self.workers.pop(0).kill()

    async def database(self):
        """PostgreSQL, with recovery from its log."""
        await self.ground.postgres.kill()
        await self.ground.postgres.start()

    async def broker(self):
        """The only broker."""
        await self.ground.broker.kill()
        await self.ground.broker.start()

    async def second(self):
        """Start one more worker, under a name that nobody had, and wait until both hold shards."""
        self.workers.append(self._started(f"more-{next(self.names)}"))
        connection = await asyncpg.connect(self.ground.database.superuser)

        async def both_hold():
            return await connection.fetchval(_HOLDERS) > 1

        async with closing(connection):
            if not await holds_within(both_hold, MOST_S):
                raise TimeoutError("the second worker holds nothing")

    def _started(self, name):
        settings = self.ground.settings.model_copy(update={"worker": name})
        return self.ground.start(f"worker-{name}", "deploy.cli", "worker", environment=environment_of(settings))

    async def end(self):
        """End all of them."""
        for worker in self.workers:
            await worker.kill()


@dataclass
class Watch:
    """Sends a few referrals, so that each partition has one, and sees when all are kept and all receipts there."""

    ground: Ground
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    numbers: count

    async def once(self, kill=None):
        """The seconds from the kill until referrals that were sent after it are kept, and told."""
        some = [police_referrals(7, next(self.numbers), 1)[0] for _ in range(AT_ONCE)]
        clock = asyncio.get_running_loop().time
        at = clock()
        working = [kill()] if kill else []
        working += [self._kept([one.number for one in some]), self._told({one.message_id for one in some})]
        found = await asyncio.wait_for(asyncio.gather(*working, *map(self._send, some)), MOST_S)
        kept, told = found[len(working) - 2 : len(working)]
        return kept - at, told - at

    async def _send(self, one):
        headers = [("amends-sending", one.number.encode())]
        while True:
            with suppress(*TROUBLE):
                return await self.producer.send_and_wait(ENGINE_TOPIC, one.value, key=one.key, headers=headers)
            await asyncio.sleep(LOOK_S)

    async def _kept(self, numbers):
        async def all_kept():
            with suppress(*TROUBLE):
                connection = await asyncpg.connect(self.ground.database.superuser, timeout=5)
                async with closing(connection):
                    return await connection.fetchval(_KEPT, numbers) == len(numbers)
            return False

        await holds_within(all_kept, MOST_S)
        return asyncio.get_running_loop().time()

    async def _told(self, wanted):
        seen = set()
        while wanted - seen:
            with suppress(*TROUBLE):
                for records in (await self.consumer.getmany(timeout_ms=20)).values():
                    seen |= {json.loads(record.value).get("message_id") for record in records}
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def closing(connection):
    """Close a connection, even one to a server that is no more."""
    try:
        yield
    finally:
        connection.terminate()


async def measure(*, times=TIMES):
    """Kill each so often, and let all come to rest in between."""
    load, waits = round(os.getloadavg()[0], 1), {}
    async with AsyncExitStack() as opened:
        ground = await opened.enter_async_context(standing(REGISTER))
        bootstrap = ground.broker.bootstrap
        producer = await opened.enter_async_context(AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all"))
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=20)
        await opened.enter_async_context(consumer)
        consumer.assign([TopicPartition(NOTICES, 0)])
        victims = Victims(ground, [ground.worker], count())
        opened.push_async_callback(victims.end)
        watch = Watch(ground, producer, consumer, count())
        waits["nothing"] = [await watch.once() for _ in range(times)]
        for name in ("worker", "database", "broker", "one_of_two"):
            waits[name] = [await _killed(watch, victims, name) for _ in range(times)]
    return {"kills": {name: _spread(found) for name, found in waits.items()}, "load_average_before": load}


async def _killed(watch, victims, name):
    if name == "one_of_two":
        await victims.second()
    waits = await watch.once(getattr(victims, name))
    await watch.once()  # come to rest
    return waits


def _spread(found):
    kept, told = zip(*found, strict=True)
    return {
        name: {"median_s": round(median(waits), 2), "worst_s": round(max(waits), 2)}
        for name, waits in (("kept", kept), ("told", told))
    } | {"times": len(found)}


def table(made):
    """In Markdown."""
    lines = [
        "| kill -9 of | times | kept: median s | worst s | told: median s | worst s |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in made["kills"].items():
        waits = " | ".join(f"{one[when]['median_s']} | {one[when]['worst_s']}" for when in ("kept", "told"))
        lines.append(f"| {name.replace('_', ' ')} | {one['times']} | {waits} |")
    return "\n".join(lines)


if __name__ == "__main__":
    found = asyncio.run(measure())
    print(table(found), file=sys.stderr)
    print(json.dumps(found))
