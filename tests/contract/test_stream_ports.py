"""What the streams' ports promise (streams/ports.py, streams/notifier.py)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from schemas.commands import RemindOfSession
from streams.lanes import BEGINNING
from tests.builders.kept_cases import START, TENANT, a_new_case, a_notice, an_accepted_case, an_id
from tests.fakes.store import FakeStore
from tests.fakes.stream_ports import FakeLeases, FakeMailbox, FakeOutbox, FakePositions, FakeTimers
from workflow.machine.decision import SetTimer
from workflow.ports import Batch, Position, StalePositionError
from workflow.store.holding import SqlLeases, SqlPositions
from workflow.store.mailbox import Message, SqlMailbox
from workflow.store.outbox import SqlOutbox
from workflow.store.rows import shard_of
from workflow.store.timers import SqlTimers

SHARD = shard_of(an_id("graffiti"))
NAME = f"relay:{SHARD}"
HELD, GONE = 60.0, -1.0


@pytest.fixture
def ports(store):
    if isinstance(store, FakeStore):
        leases, kept = FakeLeases(lambda: 0.0), store.kept
        return SimpleNamespace(
            leases=leases,
            outbox=FakeOutbox(kept, leases),
            timers=FakeTimers(kept),
            positions=FakePositions(kept),
            mailbox=FakeMailbox(kept),
        )
    pool = store.pool
    return SimpleNamespace(
        leases=SqlLeases(pool),
        outbox=SqlOutbox(pool),
        timers=SqlTimers(pool),
        positions=SqlPositions(pool),
        mailbox=SqlMailbox(pool),
    )


async def keep(store, *cases, **changes):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases, **changes))


def a_message(number=1):
    return Message(ce_id=f"n-{number}", tenant=TENANT, recipient="r", address="a", subject="s", body="b", at=START)


def a_position(expected, read_to):
    return Position(cluster="c", topic="notices.participant", partition=0, expected=expected, read_to=read_to)


async def test_a_lease_stays_with_its_holder_and_its_epoch_grows_with_a_change_of_hands(ports):
    first = await ports.leases.take([NAME], "ada", HELD)
    again = await ports.leases.take([NAME], "ada", HELD)
    other = await ports.leases.take([NAME], "bea", HELD)
    await ports.leases.release([NAME], "ada")
    after = await ports.leases.take([NAME], "bea", HELD)

    assert (first, again, other, after) == ({NAME: 1}, {NAME: 1}, {}, {NAME: 2})


async def test_a_lease_that_is_over_is_anybodys(ports):
    await ports.leases.take([NAME], "ada", GONE)

    assert await ports.leases.take([NAME], "bea", HELD) == {NAME: 2}


async def test_what_waits_comes_in_order_and_goes_only_under_its_epoch(store, ports):
    await keep(store, a_new_case(outward=(a_notice(),)))
    await keep(store, an_accepted_case())
    (epoch,) = (await ports.leases.take([NAME], "ada", HELD)).values()

    after_the_first = (await ports.outbox.left({SHARD: (an_id("graffiti"), 1, 0)}, 1))[SHARD]
    waiting = (await ports.outbox.left({SHARD: BEGINNING}, 10))[SHARD]
    fenced = await ports.outbox.remove({SHARD: epoch - 1}, waiting)
    kept = await ports.outbox.remove({SHARD: epoch}, waiting[:2])

    assert [(one.sequence, one.part) for one in waiting] == [(1, 0), (1, 1), (2, 0)]
    assert after_the_first == waiting[1:2]
    assert (fenced, kept) == (frozenset({SHARD}), frozenset())
    assert await ports.outbox.left({SHARD: BEGINNING}, 10) == {SHARD: waiting[2:]}


async def test_a_record_without_a_fact_keeps_its_first_bytes(store, ports):
    receipt = a_notice("message")
    shard = shard_of(receipt.case_id)
    await keep(store, outward=(receipt,))
    await keep(store, outward=(receipt,))

    assert await ports.outbox.left({shard: BEGINNING}, 10) == {shard: [receipt]}


async def test_due_timers_come_longest_due_first_and_those_of_parked_cases_wait(store, ports):
    command = RemindOfSession(session=an_id("session"))
    timers = [
        SetTimer(name=f"t-{hours}", due_at=START + timedelta(hours=hours), command=command) for hours in (2, 1, 9)
    ]
    await keep(store, a_new_case(timers=tuple(timers)))

    due = await ports.timers.due([SHARD], START + timedelta(hours=3), 10)
    next_due = await ports.timers.next_due([SHARD])
    await keep(store, parked=((an_id("graffiti"), "always_fails"),))

    assert [one.timer.name for one in due] == ["t-1", "t-2"]
    assert next_due == START + timedelta(hours=1)
    assert list(await ports.timers.due([SHARD], START + timedelta(hours=3), 10)) == []


async def test_a_notice_is_delivered_once_and_a_stale_owner_moves_nothing(ports):
    new = await ports.mailbox.deliver([a_message(), a_message()], a_position(0, 2))

    with pytest.raises(StalePositionError):
        await ports.mailbox.deliver([a_message(2)], a_position(0, 1))
    again = await ports.mailbox.deliver([a_message(), a_message(2)], a_position(2, 4))

    assert (new, again) == (1, 1)
    assert await ports.positions.positions("c", [("notices.participant", 0)]) == {("notices.participant", 0): 4}


async def test_a_message_is_intended_once_and_again_only_if_it_surely_did_not_leave(ports):
    first = await ports.mailbox.intend([a_message(1), a_message(2)])
    await ports.mailbox.sent(["n-1"])
    await ports.mailbox.forget(["n-1", "n-2"])
    again = await ports.mailbox.intend([a_message(1), a_message(2)])

    assert (first, again) == ({"n-1", "n-2"}, {"n-2"})
