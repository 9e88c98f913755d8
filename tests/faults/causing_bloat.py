"""A transaction that holds xmin: nothing that was deleted since can be cleared away, and every look passes over it."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, must, sending
from tests.faults.forms import opened_forms
from tests.faults.letters import NOW
from workflow.store import outbox, timers
from workflow.store.refill import SqlRefill
from workflow.store.rows import SHARDS

HELD_S, SHORTLY_HELD_S = 180.0, 10.0
ROUNDS, FEW_ROUNDS = 40, 4
# Autovacuum looks every ten seconds, and clears a table a little later.
CLEARED_S = 60.0
SHARDS_ALL = list(range(SHARDS))
LOOKS = {
    "outbox": (outbox._POINTERS, (200, SHARDS_ALL, [UUID(int=0)] * SHARDS, [0] * SHARDS, [-1] * SHARDS)),
    "timers": (timers._DUE, (SHARDS_ALL, NOW - timedelta(days=1), 100)),
}
# A look may pass over each row that was deleted or changed and cannot be cleared: its entry, its page, and no more.
PAGES_A_ROW = 2
AFTERWARDS = 3


async def snapshot_held(scene):
    """Lives, and every record published again and again, while a transaction sees the past; then it ends."""
    await scene.workers.start("one")
    lives = scene.lives(20)
    async with opened_forms(scene):
        async with sending(scene, lives[:4]):
            pass
        must(await scene.rests(PATIENCE_S), "no rest before the transaction")
        before = await _costs(scene)
        async with _a_snapshot(scene), sending(scene, lives[4:]):
            began, dead = asyncio.get_running_loop().time(), 0
            for _ in range(ROUNDS if scene.full else FEW_ROUNDS):
                dead += await _published_again(scene)
            held = HELD_S if scene.full else SHORTLY_HELD_S
            await asyncio.sleep(max(0.0, held - (asyncio.get_running_loop().time() - began)))
            under = await _costs(scene)
        must(await scene.rests(PATIENCE_S), "no rest under the transaction")
        await _judged(scene, before, under, dead)


async def snapshot_held_shortly(scene):
    """Lives alone: what is passed over stays."""
    await scene.workers.start("one")
    async with opened_forms(scene), _a_snapshot(scene), sending(scene, scene.lives(12)):
        pass


async def _judged(scene, before, under, dead):
    """Compare what a look costs before, at the end of the transaction, and once it was cleared up."""
    for name in LOOKS:
        scene.left[f"pages beyond {PAGES_A_ROW} a dead row in a look at {name}"] = max(
            0, under[name] - before[name] - PAGES_A_ROW * dead
        )

    async def cleared():
        after = await _costs(scene)
        return all(after[name] <= AFTERWARDS * before[name] + SHARDS for name in LOOKS)

    scene.left["looks that stayed dear after the transaction"] = int(not await holds_within(cleared, CLEARED_S))
    after = await _costs(scene)
    told = (f"{name} {before[name]}, {under[name]}, {after[name]}" for name in LOOKS)
    scene.noted = f"pages a look before, under, after: {'; '.join(told)}; {dead} dead rows"


@asynccontextmanager
async def _a_snapshot(scene):
    connection = await asyncpg.connect(scene.rig.database.superuser)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetchval("SELECT pg_current_xact_id()::text")
            yield
    finally:
        await connection.close()


async def _published_again(scene):
    """An operator fills the topics again: same ids, same bytes, and as many rows deleted from the outbox."""
    async with asyncpg.create_pool(scene.rig.database.worker, min_size=1, max_size=1) as pool:
        refill = SqlRefill(pool)
        queued = await refill.queue_case_events() + await refill.queue_records(await refill.kept_topics())

    async def empty():
        return not await scene.database.fetchval("SELECT EXISTS (SELECT FROM outbox)")

    must(await holds_within(empty, PATIENCE_S), "the relay did not come to an end under the transaction")
    return queued


async def _costs(scene):
    """How many pages one look takes: time says little on a machine that has other work."""
    return {name: await _pages(scene, *look) for name, look in LOOKS.items()}


async def _pages(scene, statement, arguments):
    told = await scene.database.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    plan = json.loads(told)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
