"""How late the receipt is at a tenth to four fifths of what the engine can take, counted from when each was due.

python -m tests.bench.curve
"""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from statistics import median

from deploy.local.waiting import holds_within
from tests.bench.latency import latencies, percentile
from tests.bench.run import Options, begun

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8)
ROUNDS = 3
ROUND = 600
WARM_UP = 200
SECONDS = 20.0
MOST_S = 120.0


async def measure(*, seconds=SECONDS, round_=ROUND, seed=Options.seed):
    """The rate of a backlog, and the waits at each share of it."""
    load = round(os.getloadavg()[0], 1)
    async with AsyncExitStack() as opened:
        course = await begun(Options(seed=seed), opened)
        engine, producer = course.engine, course.producer
        await engine.move(producer, course.some(WARM_UP))
        speeds = [(await engine.move(producer, course.some(round_))).per_s for _ in range(ROUNDS)]
        most = median(speeds)
        points = [await _point(course, share, most, seconds) for share in SHARES]
    return {
        "referrals_per_s": round(most, 1),
        "backlogs": [round(one, 1) for one in speeds],
        "points": points,
        "load_average_before": load,
    }


async def _point(course, share, most, seconds):
    """The waits at one load; what is left of it is finished before the next."""
    per_s = share * most
    referrals = course.some(max(1, round(per_s * seconds)))
    bootstrap = course.ground.broker.bootstrap
    waits = await latencies(course.engine, course.producer, referrals, per_s=per_s, bootstrap=bootstrap)
    await holds_within(course.engine.finished, MOST_S)
    return {
        "share": share,
        "per_s": round(per_s, 1),
        "sent": len(waits),
        **{f"p{round(100 * one)}_ms": round(percentile(waits, one) * 1000, 1) for one in (0.5, 0.99)},
        "worst_ms": round(max(waits) * 1000, 1),
        "load_average": round(os.getloadavg()[0], 1),
    }


def table(made):
    """In Markdown."""
    lines = [
        f"A backlog goes at {made['referrals_per_s']} referrals/s (three rounds: {made['backlogs']}).",
        "",
        "| share of it | referrals/s | p50 ms | p99 ms | worst ms | load average of the machine |",
        "|---|---|---|---|---|---|",
    ]
    for one in made["points"]:
        waits = f"{one['p50_ms']} | {one['p99_ms']} | {one['worst_ms']}"
        lines.append(f"| {one['share']:.0%} | {one['per_s']} | {waits} | {one['load_average']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    found = asyncio.run(measure())
    print(table(found), file=sys.stderr)
    print(json.dumps(found))
