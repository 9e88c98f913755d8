"""The demo's clock moves only when all is quiet, and everybody acts in turn."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.stage import Stage

OPENS_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


class QuietSystem:
    """A system that is always at rest; its timers are instants that fire when the clock stands on them."""

    def __init__(self, due=()) -> None:
        self.due = sorted(due)
        self.clock = []

    async def set_clock(self, now):
        self.clock.append(now)

    async def next_due(self):
        return self.due[0] if self.due else None

    async def quiet(self):
        self.due = [at for at in self.due if not self.clock or at > self.clock[-1]]


async def test_actions_happen_in_the_order_of_time_and_then_of_key():
    done = []
    stage = Stage(QuietSystem(), OPENS_AT)

    async def life(name, *hours):
        for hour in hours:
            await stage.at(OPENS_AT + timedelta(hours=hour), (name,), shared=True)
            done.append((hour, name))

    await stage.run([life("b", 1, 2), life("a", 2, 3)])

    assert done == [(1, "b"), (2, "a"), (2, "b"), (3, "a")]


async def test_the_clock_stops_at_every_timer_on_the_way():
    timer = OPENS_AT + timedelta(minutes=30)
    system = QuietSystem(due=[timer])
    stage = Stage(system, OPENS_AT)

    async def life():
        await stage.at(OPENS_AT + timedelta(hours=1), ("a",))

    await stage.run([life()])

    assert system.clock == [OPENS_AT, timer, OPENS_AT + timedelta(hours=1)]


async def test_an_action_planned_for_the_past_happens_now():
    stage = Stage(QuietSystem(), OPENS_AT)
    seen = []

    async def life():
        await stage.at(OPENS_AT - timedelta(days=1), ("a",))
        seen.append(stage.now())

    await stage.run([life()])

    assert seen == [OPENS_AT]


async def test_a_life_that_fails_ends_the_run():
    stage = Stage(QuietSystem(), OPENS_AT)

    async def life():
        await stage.at(OPENS_AT + timedelta(hours=1), ("a",))
        raise LookupError

    async def other():
        await stage.at(OPENS_AT + timedelta(hours=2), ("b",))

    with pytest.raises(ExceptionGroup) as failed:
        await stage.run([life(), other()])

    assert failed.group_contains(LookupError)
