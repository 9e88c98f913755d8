"""What an event costs while 10,000 and 100,000 cases are held, on a cold cache and on a warm one.

python -m tests.bench.held 10000 100000 1000000
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.local.waiting import holds_within
from tests.bench import meter
from tests.bench.multiplied import keep_templates, multiply
from tests.bench.referrals import police_referrals
from tests.bench.rounds import ENGINE_TOPIC, NotMovedError
from tests.bench.run import REGISTER
from tests.builders.ground import standing
from workflow.store.checkpoints import read_heads
from workflow.store.heads import root_over

SIZES = (10_000, 100_000)
TEMPLATES = 100
COLD, WARM, ROUNDS = 100, 400, 3
MOST_S = 240.0
A_LOOK_S, IDLE = 2.0, 0.15
TENANT = REGISTER[0].tenant
# What is counted by rows elsewhere is counted by positions here: a count of a million rows would be what is measured.
_READ = "SELECT coalesce(sum(position), 0)::bigint FROM offsets WHERE topic LIKE 'referrals.%'"
_LEFT = f"SELECT ({_READ}) < $1 OR EXISTS (SELECT FROM outbox)"
_FACTS = "SELECT count(*) FROM case_events"
_SIZE = "SELECT pg_database_size(current_database())"
PARTS = ("worker", "database", "broker")


@dataclass
class Mover:
    """Sends referrals that nobody has had yet, until the engine has nothing left of them."""

    ground: object
    database: asyncpg.Connection
    producer: AIOKafkaProducer
    numbers: count
    seed: int = 7
    sent: int = field(default=0)

    async def move(self, many):
        """Move so many; the CPU of each part in microseconds a referral, and referrals a second."""
        before = await meter.read(self.database, self.ground.pids)
        for one in (police_referrals(self.seed, next(self.numbers), 1)[0] for _ in range(many)):
            await self.producer.send(ENGINE_TOPIC, one.value, key=one.key)
        self.sent += many
        if not await holds_within(self._finished, MOST_S):
            raise NotMovedError(f"{many} referrals were not moved within {MOST_S:g} s")
        spent = await meter.read(self.database, self.ground.pids) - before
        cpu = {name: round(spent.cpu[name] / many * 1e6) for name in PARTS}
        return cpu | {"per_s": round(many / spent.at, 1), "wal_kb": round(spent.wal / many / 1000, 1)}

    async def rested(self):
        """Wait until worker and database do little: after a start, they sign the log and tidy up."""
        if not await holds_within(self._is_idle, MOST_S):
            raise NotMovedError(f"the worker did not come to rest within {MOST_S:g} s")

    async def _is_idle(self):
        pids = [self.ground.pids[name] for name in ("worker", "database")]
        before = sum(map(meter.cpu_seconds, pids))
        await asyncio.sleep(A_LOOK_S)
        return sum(map(meter.cpu_seconds, pids)) - before < IDLE * A_LOOK_S

    async def signing(self):
        """The CPU seconds, of reader and database, of the root that is signed at a start and every ten minutes."""
        database = self.ground.pids["database"]
        before = time.process_time() + meter.cpu_seconds(database)
        async with self.database.transaction():
            root_over(await read_heads(self.database, TENANT))
        return round(time.process_time() + meter.cpu_seconds(database) - before, 1)

    async def _finished(self):
        return not await self.database.fetchval(_LEFT, self.sent)


async def measure(*, sizes=SIZES, warm=WARM):
    """The costs at each size; the data is kept from size to size and thrown away in the end."""
    folder = Path(tempfile.mkdtemp(prefix="amends-held-"))
    folder.chmod(0o755)
    home, numbers, points, copies = folder / "home", count(), [], 0
    try:
        await _stood(home, numbers, _first)
        for size in sizes:
            more = size // TEMPLATES - 1
            first, copies = copies + 1, more
            facts = await _stood(home, numbers, lambda mover, a=first, b=more: _held(mover, a, b))
            _forget_pages(home)
            points.append(await _stood(home, numbers, lambda mover: _costs(mover, warm)) | {"cases": size, **facts})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"points": points, "load_average": round(os.getloadavg()[0], 1)}


async def _stood(home, numbers, work):
    """Stand on what is kept, do the work, and stop in order."""
    async with standing(REGISTER, kept=home) as ground:
        database = await asyncpg.connect(ground.database.superuser)
        producer = AIOKafkaProducer(bootstrap_servers=ground.broker.bootstrap, acks="all", linger_ms=5)
        async with producer:
            mover = Mover(ground, database, producer, numbers, sent=await database.fetchval(_READ))
            found = await work(mover)
        await database.close()
        return found


async def _first(mover):
    await mover.move(TEMPLATES)
    await keep_templates(mover.database)


async def _held(mover, first, last):
    if last >= first:
        await multiply(mover.database, first, last)
    facts = await mover.database.fetchval(_FACTS)
    return {"events_held": facts, "database_gb": round(await mover.database.fetchval(_SIZE) / 1e9, 2)}


async def _costs(mover, warm):
    """The first referrals after a start with nothing in memory, and then the middle of some rounds."""
    cold = await mover.move(COLD)
    await mover.rested()
    signing = await mover.signing()
    rounds = [await mover.move(warm) for _ in range(ROUNDS)]
    return {"cold": cold, "signing": signing, "warm": {name: median(one[name] for one in rounds) for name in rounds[0]}}


def _forget_pages(home):
    """Ask the system to forget the pages of every file of the database and the broker; they are on the disk."""
    for path in home.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def table(made):
    """In Markdown; CPU in microseconds a referral, and how it stands to the smallest size."""
    lines = [
        "| cases held | events held | database GB | cache | worker us | database us | broker us | log KB | times |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for cache in ("cold", "warm"):
        least = _cost(made["points"][0][cache])
        for one in made["points"]:
            cost = one[cache]
            parts = f"{cost['worker']} | {cost['database']} | {cost['broker']}"
            held = f"{one['cases']:,} | {one['events_held']:,} | {one['database_gb']}"
            lines.append(f"| {held} | {cache} | {parts} | {cost['wal_kb']} | {_cost(cost) / least:.2f} |")
    told = ", ".join(f"{one['signing']} s of {one['cases']:,} cases" for one in made["points"])
    return "\n".join(
        [
            *lines,
            "",
            f"To read all heads into the root that is signed takes, in CPU of worker and database: {told}.",
        ]
    )


def _cost(parts):
    return sum(parts[name] for name in PARTS)


if __name__ == "__main__":
    found = asyncio.run(measure(sizes=tuple(map(int, sys.argv[1:])) or SIZES))
    print(table(found), file=sys.stderr)
    print(json.dumps(found))
