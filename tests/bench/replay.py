"""How fast a database is verified: every hash computed, every case folded anew and held against what is stored.

python -m tests.bench.replay
"""

import asyncio
import json
import os
import resource
import sys
import time
from contextlib import AsyncExitStack
from itertools import groupby
from uuid import UUID

import asyncpg

from tests.bench.run import Options, begun
from workflow.store.chain import GENESIS, link_hash
from workflow.store.rows import EventRow
from workflow.store.verify import verify

TEMPLATES = 100
CASES = (10_000, 40_000)
COPIED_AT_ONCE = 20
EVENT_COLUMNS = EventRow._fields
_EVENTS = "SELECT * FROM case_events ORDER BY tenant, case_id, sequence"
_CASES = "SELECT * FROM cases"


async def measure(*, cases=CASES):
    """Events a second at each number of cases, the CPU of an event, and how the memory grows."""
    load, points = round(os.getloadavg()[0], 1), []
    async with AsyncExitStack() as opened:
        course = await begun(Options(), opened)
        await course.engine.move(course.producer, course.some(TEMPLATES))
        await course.ground.worker.kill()
        database = course.engine.database
        templates = await _templates(database)
        copied = 1
        for size in cases:
            await copy_valid(database, templates, range(copied, size // TEMPLATES))
            copied = size // TEMPLATES
            points.append(await verified(course.ground.database.auditor))
    return {"points": points, "load_average_before": load}


async def verified(dsn):
    """What `verify` finds, and what it takes."""
    connection = await asyncpg.connect(dsn)
    started, cpu = time.perf_counter(), time.process_time()
    report = await verify(connection)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    await connection.close()
    return {
        "ok": report.ok,
        "faults": [str(fault) for fault in report.faults[:5]],
        "cases": report.cases,
        "events": report.events,
        "seconds": round(seconds, 1),
        "events_per_s": round(report.events / seconds),
        "us_an_event": round(cpu / report.events * 1e6, 1),
        "largest_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


async def _templates(database):
    """Each real case with its facts in order."""
    stored = {row["id"]: row for row in await database.fetch(_CASES)}
    events = await database.fetch(_EVENTS)
    return [(stored[case_id], list(rows)) for case_id, rows in groupby(events, key=lambda row: row["case_id"])]


async def copy_valid(database, templates, numbers):
    """Write copies of cases whose chains and folds hold, under other ids."""
    for first in range(numbers.start, numbers.stop, COPIED_AT_ONCE):
        some = range(first, min(first + COPIED_AT_ONCE, numbers.stop))
        copies = [_copy(case, rows, number) for number in some for case, rows in templates]
        events = [tuple(row.values()) for _, rows in copies for row in rows]
        await database.copy_records_to_table("case_events", records=events, columns=list(copies[0][1][0]))
        cases = [tuple(case.values()) for case, _ in copies]
        await database.copy_records_to_table("cases", records=cases, columns=list(copies[0][0]))
    await database.execute("ANALYZE")


def _copy(case, rows, number):
    """One case under another id, chained anew."""
    other, head, copied = _other(case["id"], number), GENESIS, []
    for row in rows:
        changed = dict(row) | {"case_id": other, "event_id": _other(row["event_id"], number), "prev_hash": head}
        changed["payload"] = _renamed(row["payload"], case["id"], other)
        head = link_hash(EventRow(**{name: changed.get(name, b"") for name in EVENT_COLUMNS}))
        copied.append(changed | {"hash": head})
    # A timer belongs to the real case alone.
    body = _renamed(case["body"], case["id"], other)
    return dict(case) | {"id": other, "body": body, "head": head}, copied


def _renamed(text, old, new):
    return text.replace(str(old).encode(), str(new).encode())


def _other(known, number):
    return UUID(int=(known.int + number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)


def table(made):
    """In Markdown."""
    lines = [
        "| cases | events | events/s | CPU us an event | largest memory MB | holds |",
        "|---|---|---|---|---|---|",
    ]
    for one in made["points"]:
        figures = f"{one['events_per_s']:,} | {one['us_an_event']} | {one['largest_mb']}"
        lines.append(f"| {one['cases']:,} | {one['events']:,} | {figures} | {'yes' if one['ok'] else one['faults']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    found = asyncio.run(measure())
    print(table(found), file=sys.stderr)
    print(json.dumps(found))
