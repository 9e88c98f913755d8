"""Does a worker's memory stay flat? One worker under a modest open load, with its desk; its memory every half minute.

python -m tests.bench.steady --minutes 60
"""

import argparse
import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from statistics import linear_regression

from deploy.local.process_table import PROC, descendants
from deploy.stack.reference import put_starting_data
from tests.bench.drawn import Country
from tests.bench.england import AN_HOUR, SAMPLE, manned, scaled, send
from tests.builders.ground import CLOCK, standing
from tests.databases import KEYS

MINUTES, PER_S, EVERY_S = 60.0, 20.0, 30.0
SEED = 7
WARMING_UP = 4
"""One part in so many of the samples is of a worker that still fills its caches: it is left out of the slope."""
_SIZE = "SELECT count(*) FROM cases"


async def measure(*, minutes=MINUTES, per_s=PER_S, every_s=EVERY_S):
    """So many referrals a second for so long, each accepted, allocated and planned; the worker's memory meanwhile."""
    load = round(os.getloadavg()[0], 1)
    country = Country(SAMPLE, SEED)
    data = scaled(country, round(per_s * minutes * 60))
    async with AsyncExitStack() as opened:
        ground = await opened.enter_async_context(standing(data.organisations))
        await put_starting_data(ground.database.worker, KEYS, data, CLOCK)
        database, producer, field, desk = await manned(ground, country, opened)
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(desk.work())
            sending = tasks.create_task(_send(country, producer, per_s))
            samples = await _samples(ground.pids["worker"], minutes * 60, every_s)
            for task in (sending, working):
                task.cancel()
        received, cases = await field.received(), await database.fetchval(_SIZE)
    return summary(samples) | {"per_s": per_s, "received": received, "cases": cases, "load_average_before": load}


async def _send(country, producer, per_s):
    """Send at a fixed rate, whatever comes back, until cancelled."""
    clock = asyncio.get_running_loop().time
    start, number = clock(), 0
    while True:
        await asyncio.sleep(start + number / per_s - clock())
        await send(producer, country.referral(number))
        number += 1


async def _samples(pid, seconds, every_s):
    """(Seconds since the start, megabytes) from now until so long from now."""
    start, samples = time.monotonic(), []
    for number in range(round(seconds / every_s) + 1):
        await asyncio.sleep(start + number * every_s - time.monotonic())
        samples.append((round(time.monotonic() - start, 1), resident_mb(pid)))
    return samples


def resident_mb(pid):
    """The memory that a process and its children hold, in megabytes; Linux only."""
    return round(sum(map(_resident_kb, (pid, *descendants(pid)))) / 1000, 1)


def _resident_kb(pid):
    try:
        status = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def summary(samples):
    """First, last and largest, and by how much an hour it grows once the worker is warm. Pure."""
    settled = samples[len(samples) // WARMING_UP :]
    moments, sizes = zip(*settled, strict=True)
    return {
        "minutes": round(samples[-1][0] / 60, 1),
        "first_mb": samples[0][1],
        "warm_mb": sizes[0],
        "last_mb": sizes[-1],
        "largest_mb": max(size for _, size in samples),
        "mb_an_hour": round(linear_regression(moments, sizes).slope * AN_HOUR, 1),
        "samples": samples,
    }


def table(made):
    """In Markdown."""
    columns = ("minutes", "per_s", "received", "cases", "first_mb", "warm_mb", "last_mb", "largest_mb", "mb_an_hour")
    names = " | ".join(name.replace("_mb", " MB").replace("_", " ") for name in columns)
    values = " | ".join(str(made[name]) for name in columns)
    told = f"The slope leaves out the first of {WARMING_UP} parts, in which a worker fills its caches."
    return "\n".join([f"| {names} |", f"|{'---|' * len(columns)}", f"| {values} |", "", told])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.steady", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--per-second", type=float, default=PER_S, help="referrals")
    options = parser.parse_args()
    found = asyncio.run(measure(minutes=options.minutes, per_s=options.per_second))
    print(table(found), file=sys.stderr)
    print(json.dumps(found))
