"""Outbox, timers, leases, outcomes, quarantine and parking on a real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.commands import RemindOfSession
from streams.lanes import BEGINNING
from tests.builders.kept_cases import START, TENANT, a_new_case, a_notice, an_accepted_case, an_id
from tests.databases import KEYS
from workflow.machine.decision import CancelTimer, SetTimer
from workflow.ports import (
    Batch,
    OutcomeRow,
    Outward,
    Position,
    Quarantined,
    Sending,
    StaleCaseError,
)
from workflow.store.holding import SqlLeases, SqlPositions
from workflow.store.keeping import OutwardClashError
from workflow.store.outbox import SqlOutbox
from workflow.store.outcomes import SqlOutcomes
from workflow.store.parking import SqlParking
from workflow.store.pools import worker_pool as open_worker_pool
from workflow.store.quarantine import SqlQuarantine
from workflow.store.rows import SHARDS, shard_of
from workflow.store.timers import SqlTimers

pytestmark = pytest.mark.connected

PERIODS = ("w1", "w1", "w2")
SHARD = shard_of(an_id("graffiti"))
PLACE = Position(cluster="c", topic="notices.participant", partition=0, expected=0, read_to=1)


async def keep(store, *cases, **changes):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases, **changes))


async def left(outbox, shard=SHARD):
    return (await outbox.left({shard: BEGINNING}, 10)).get(shard, [])


async def test_what_waits_is_published_in_order_and_forgotten_when_acknowledged(store, worker_pool):
    outbox, leases = SqlOutbox(worker_pool), SqlLeases(worker_pool)
    await keep(store, a_new_case(outward=(a_notice(),)))
    await keep(store, an_accepted_case())
    epoch = (await leases.take([f"relay:{SHARD}"], "me", 60))[f"relay:{SHARD}"]

    waiting = await left(outbox)
    lost = await outbox.remove({SHARD: epoch}, waiting[:2])

    assert [(record.sequence, record.part) for record in waiting] == [(1, 0), (1, 1), (2, 0)]
    assert waiting[1] == a_notice()
    assert lost == frozenset()
    assert await left(outbox) == waiting[2:]


async def test_a_relay_whose_epoch_is_over_removes_nothing(store, worker_pool):
    outbox = SqlOutbox(worker_pool)
    await keep(store, a_new_case())
    await SqlLeases(worker_pool).take([f"relay:{SHARD}"], "me", 60)

    assert await outbox.remove({SHARD: 7}, await left(outbox)) == {SHARD}
    assert await outbox.size() == 1


async def test_a_shard_that_was_lost_keeps_its_records_while_those_of_the_others_are_forgotten(store, worker_pool):
    outbox = SqlOutbox(worker_pool)
    elsewhere = next(name for name in map(str, range(1000)) if shard_of(an_id(name)) != SHARD)
    other = shard_of(an_id(elsewhere))
    await keep(store, a_new_case(), a_new_case(elsewhere))
    epochs = await SqlLeases(worker_pool).take([f"relay:{SHARD}", f"relay:{other}"], "me", 60)
    waiting = [
        record
        for records in (await outbox.left({SHARD: BEGINNING, other: BEGINNING}, 10)).values()
        for record in records
    ]

    lost = await outbox.remove({SHARD: epochs[f"relay:{SHARD}"] + 1, other: epochs[f"relay:{other}"]}, waiting)

    assert lost == {SHARD}
    assert [record.case_id for record in await left(outbox)] == [an_id("graffiti")]
    assert await left(outbox, other) == []


async def test_a_record_whose_transaction_commits_late_is_not_lost(store, worker_pool):
    outbox = SqlOutbox(worker_pool)
    epoch = (await SqlLeases(worker_pool).take([f"relay:{SHARD}"], "me", 60))[f"relay:{SHARD}"]
    late = next(name for name in map(str, range(1000)) if shard_of(an_id(name)) == SHARD)
    slow = await worker_pool.acquire()
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("INSERT INTO outbox VALUES ($1, $2, 1, 0, $3, now())", SHARD, an_id(late), TENANT)
    await keep(store, a_new_case())

    first = await left(outbox)
    await outbox.remove({SHARD: epoch}, first)
    await slow.execute("DELETE FROM outbox WHERE case_id = $1", an_id(late))
    await transaction.commit()
    await worker_pool.release(slow)
    await keep(store, a_new_case(late))

    assert [record.case_id for record in first] == [an_id("graffiti")]
    assert [record.case_id for record in await left(outbox)] == [an_id(late)]


async def test_a_record_without_a_fact_is_sent_again_but_kept_once_and_never_changed(store, worker_pool):
    receipt = replace(a_notice("message"), sequence=0)
    await keep(store, outward=(receipt,))
    await worker_pool.execute("DELETE FROM outbox")

    await keep(store, outward=(receipt,))

    assert await left(SqlOutbox(worker_pool), shard_of(an_id("message"))) == [receipt]
    with pytest.raises(OutwardClashError):
        await keep(store, outward=(replace(receipt, value=b"other"),))


def a_timer(hours=1):
    due = START + timedelta(hours=hours)
    return SetTimer(name="remind:1", due_at=due, command=RemindOfSession(session=an_id("session")))


async def test_a_timer_fires_once_when_it_is_due_and_never_by_an_old_setting(store, worker_pool):
    timers, every = SqlTimers(worker_pool), range(SHARDS)
    await keep(store, a_new_case(timers=(a_timer(),)))
    old = (await timers.due(every, START + timedelta(hours=1), 10))[0]
    await keep(store, an_accepted_case(timers=(a_timer(hours=2),)))

    with pytest.raises(StaleCaseError):
        await keep(store, fired=(old.timer,))
    assert await timers.due(every, START + timedelta(hours=1), 10) == []
    due = (await timers.due(every, START + timedelta(hours=2), 10))[0]
    await keep(store, fired=(due.timer,))

    assert due.command == a_timer().command
    assert await timers.next_due(every) is None
    with pytest.raises(StaleCaseError):
        await keep(store, fired=(due.timer,))


async def test_a_cancelled_timer_is_gone_and_another_is_next(store, worker_pool):
    other = replace(a_timer(hours=5), name="other")
    await keep(store, a_new_case(timers=(a_timer(), other)))

    await keep(store, an_accepted_case(timers=(CancelTimer(name="remind:1"),)))

    assert await SqlTimers(worker_pool).next_due(range(SHARDS)) == other.due_at


async def test_the_timers_of_a_parked_case_wait(store, worker_pool):
    timers, parking, every = SqlTimers(worker_pool), SqlParking(worker_pool), range(SHARDS)
    await keep(store, a_new_case(timers=(a_timer(),)), parked=((an_id("graffiti"), "always_fails"),))

    assert await timers.due(every, START + timedelta(days=1), 10) == []
    assert await timers.next_due(every) is None
    assert [one.reason for one in await parking.parked()] == ["always_fails"]
    assert await parking.unpark(TENANT, an_id("graffiti"))
    assert not await parking.unpark(TENANT, an_id("graffiti"))
    assert len(await timers.due(every, START + timedelta(days=1), 10)) == 1


async def test_a_lease_has_one_holder_and_an_epoch_that_grows_with_every_change_of_hands(worker_pool):
    leases = SqlLeases(worker_pool)

    assert await leases.take(["a", "b"], "one", 60) == {"a": 1, "b": 1}
    assert await leases.take(["a", "b", "c"], "two", 60) == {"c": 1}
    assert await leases.take(["a"], "one", 60) == {"a": 1}
    await leases.release(["a", "b"], "two")
    assert await leases.take(["a"], "two", 60) == {}
    await leases.release(["a"], "one")
    assert await leases.take(["a"], "two", 60) == {"a": 2}


async def test_of_many_takers_of_one_lease_one_gets_it(worker_pool):
    leases = SqlLeases(worker_pool)

    taken = await asyncio.gather(*(leases.take(["a"], f"worker-{n}", 60) for n in range(20)))

    assert sorted(map(len, taken)) == [0] * 19 + [1]


async def test_positions_are_told_by_cluster_and_lag_is_kept(store, worker_pool):
    positions, partition = SqlPositions(worker_pool), (PLACE.topic, PLACE.partition)
    await keep(store, position=PLACE)
    await positions.write_lag({partition: 3})
    await positions.write_lag({partition: 2})

    assert await positions.positions("c", [partition, ("other", 0)]) == {partition: 1}
    assert await positions.positions("another", [partition]) == {}
    assert await worker_pool.fetchval("SELECT lag FROM worker_lag") == 2


def publishing(row, number):
    return Outward(
        topic="outcomes.evaluation",
        key=str(row.token).encode(),
        case_id=row.token,
        sequence=number,
        part=1,
        event_id=f"{row.token}:{number}",
        headers=(),
        value=row.value,
    )


async def test_outcomes_are_released_once_a_period_in_token_order(store, worker_pool):
    outcomes = SqlOutcomes(worker_pool)
    rows = tuple(OutcomeRow(study="evaluation", token=an_id("token", n), value=b"1") for n in range(5))
    await keep(store, a_new_case(outcomes=rows))

    released = [await outcomes.release(TENANT, "evaluation", period, publishing, START) for period in PERIODS]
    await keep(store, an_accepted_case(outcomes=(rows[0], replace(rows[1], value=b"2"))))

    assert released == [5, 0, 0]
    assert await outcomes.waiting(TENANT, "evaluation") == 1
    assert await outcomes.release(TENANT, "evaluation", "w3", publishing, START) == 1
    assert await worker_pool.fetchval("SELECT value FROM outward_records WHERE sequence = 3") == b"2"


async def test_a_quarantined_record_is_listed_without_its_bytes_opened_for_replay_and_discarded_alone(
    store, worker_pool
):
    quarantine = SqlQuarantine(worker_pool, KEYS)
    poison = Quarantined(
        tenant=None,
        topic="t",
        partition=0,
        offset=4,
        fingerprint="f",
        reason="unreadable",
        headers=(("h", b"\xff"),),
        value=b"{\nbroken",
    )
    await keep(store, quarantined=(poison,))
    await keep(store, quarantined=(poison,))

    assert [(one.offset, one.reason) for one in await quarantine.listed()] == [(4, "unreadable")]
    shown = await quarantine.show("f")
    assert list(shown.values()) == [poison]
    await keep(store, quarantined=(replace(poison, offset=9),))
    assert await quarantine.discard(shown) == 1
    assert [one.offset for one in await quarantine.listed()] == [9]


async def test_a_sending_that_a_batch_holds_twice_counts_as_what_it_became_first(store, worker_pool):
    numbers = [str(number) for number in range(40)]
    first = [Sending(source="north-force", number=number, disposition="applied") for number in numbers]

    await keep(store, sendings=(*first, *(replace(one, disposition="repeated") for one in first)))

    rows = await worker_pool.fetch("SELECT disposition, count(*) AS n FROM sendings GROUP BY 1")
    assert [tuple(row) for row in rows] == [("applied", 40)]


async def test_a_transaction_that_its_process_leaves_open_is_ended(empty_database):
    async with open_worker_pool(empty_database.worker, least=1, most=1) as pool:
        assert await pool.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"
