import asyncio

import pytest

from streams.waking import Wakes


async def never():
    raise OSError


async def test_only_those_wake_whom_a_reason_concerns():
    wakes = Wakes(never, "a-channel")
    relay, timekeeper = wakes.waiter("records"), wakes.waiter("timers", "clock")

    wakes.wake("records")

    assert relay.event.is_set()
    assert not timekeeper.event.is_set()


async def test_one_notification_may_name_several_reasons():
    wakes = Wakes(never, "a-channel")
    relay, timekeeper, jobs = wakes.waiter("records"), wakes.waiter("timers", "clock"), wakes.waiter("clock")

    wakes.wake("records timers")

    assert [one.event.is_set() for one in (relay, timekeeper, jobs)] == [True, True, False]


async def test_whoever_is_cancelled_in_the_turn_that_wakes_him_does_not_go_on():
    waiter = Wakes(never, "a-channel").waiter("records")
    going_on = asyncio.create_task(waiter.wait(60))
    await asyncio.sleep(0)

    waiter.event.set()
    going_on.cancel()

    with pytest.raises(asyncio.CancelledError):
        await going_on
