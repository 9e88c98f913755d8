"""A broker that lost its contents is filled again from a real database."""

import pytest

from streams.lanes import BEGINNING
from streams.refill import refill
from tests.builders.kept_cases import TENANT, a_new_case, a_notice, an_id
from workflow.ports import Batch
from workflow.store.holding import SqlLeases
from workflow.store.outbox import SqlOutbox
from workflow.store.refill import SqlRefill
from workflow.store.rows import shard_of

pytestmark = pytest.mark.connected

SHARD = shard_of(an_id("graffiti"))


async def keep(store, *cases):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases))


async def left(outbox):
    return (await outbox.left({SHARD: BEGINNING}, 10)).get(SHARD, [])


async def test_a_refill_sends_the_same_bytes(store, worker_pool):
    outbox, kept = SqlOutbox(worker_pool), SqlRefill(worker_pool)
    await keep(store, a_new_case(outward=(a_notice(),)))
    first = await left(outbox)
    await worker_pool.execute("DELETE FROM outbox")

    count = await refill(kept)

    assert count == 2
    assert await left(outbox) == first


async def test_who_reads_what_is_filled_again_begins_anew_and_who_reads_what_came_in_does_not(store, worker_pool):
    """The same cluster, other topics: a position of before lies beyond the new log, or passes over its beginning."""
    notice = a_notice()
    await keep(store, a_new_case(outward=(notice,)))
    insert = "INSERT INTO offsets (cluster, topic, partition, position) VALUES ('one', $1, 0, 40)"
    for topic in (notice.topic, "case.commands"):
        await worker_pool.execute(insert, topic)

    await refill(SqlRefill(worker_pool))

    rows = await worker_pool.fetch("SELECT topic, position FROM offsets")
    assert {row["topic"]: row["position"] for row in rows} == {notice.topic: 0, "case.commands": 40}


async def test_a_removal_that_was_under_way_takes_nothing_from_a_refill(store, worker_pool):
    outbox, leases = SqlOutbox(worker_pool), SqlLeases(worker_pool)
    await keep(store, a_new_case())
    epoch = (await leases.take([f"relay:{SHARD}"], "worker", 60))[f"relay:{SHARD}"]
    acknowledged = await left(outbox)

    await refill(SqlRefill(worker_pool))
    lost = await outbox.remove({SHARD: epoch}, acknowledged)

    assert lost == {SHARD}
    assert await left(outbox) == acknowledged
