import asyncio

import pytest

from tests.simulation.loop import RUNNING, SimulatedLoop
from tests.simulation.patches import without
from tests.simulation.play import play

SCHEDULES = 200
SHARE = 25
# Those that are found soon; `python -m tests.simulation --controls` looks for all of them.
SOON = {"one transaction": 20, "removal after acknowledgement": 20, "memory": 20, "version guard": 20}


@pytest.mark.parametrize("first", range(0, SCHEDULES, SHARE))
def test_every_promise_is_kept_whatever_happens_in_whatever_order(first):
    played = [play(seed) for seed in range(first, first + SHARE)]

    assert [one.told() for one in played if not one.sound] == []


@pytest.mark.parametrize("mechanism", SOON)
def test_a_mechanism_that_is_taken_away_is_missed(mechanism):
    with without(mechanism):
        found = next((seed for seed in range(SOON[mechanism]) if not play(seed).sound), None)

    assert found is not None


def test_the_same_seed_is_the_same_run():
    first, second, other = [], [], []

    play(7, first.append)
    play(7, second.append)
    play(8, other.append)

    assert first == second
    assert len(first) > 100
    assert first != other


def test_a_killed_process_runs_no_further_and_a_frozen_one_goes_on_where_it_was():
    loop = SimulatedLoop(1, 10_000)
    ada, bea = loop.begin("ada"), loop.begin("bea")
    done = []

    async def counting(process):
        RUNNING.set(process)
        for number in range(3):
            await asyncio.sleep(1)
            done.append((process.name, number))

    async def played():
        tasks = [asyncio.ensure_future(counting(one)) for one in (ada, bea)]
        await asyncio.sleep(1.5)
        loop.kill(ada)
        bea.frozen = True
        await asyncio.sleep(10)
        bea.frozen = False
        await tasks[1]
        tasks[0].cancel()
        loop.resurrect()

    loop.run_until_complete(played())
    loop.close()

    assert sorted(done) == [("ada", 0), ("bea", 0), ("bea", 1), ("bea", 2)]
    assert loop.time() >= 12.5
