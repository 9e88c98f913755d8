"""Plays one schedule and says which promises it kept."""

import asyncio
import logging
import time
from dataclasses import dataclass

from tests.faults.checking import check
from tests.simulation.crew import simulated_clients
from tests.simulation.faults import supervise, trouble
from tests.simulation.history import history_of
from tests.simulation.loop import SimulatedLoop
from tests.simulation.world import World

LIVES = 2
LONGEST_S = 200.0
# Ten times what a schedule takes.
MOST_TURNS = 40_000


@dataclass(frozen=True, kw_only=True)
class Played:
    """One schedule: what each promise was broken by, how long it took in the world and in CPU."""

    seed: int
    broken: dict
    over_capacity: int
    turns: int
    seconds: float
    cpu_s: float
    ended: tuple = ()

    @property
    def sound(self):
        """Whether every promise was kept."""
        return not self.broken and not self.over_capacity

    def told(self):
        """What went wrong, a line each."""
        lines = [f"{promise}: {wrong}" for promise, found in self.broken.items() for wrong in found]
        return "\n".join([f"seed {self.seed}", *lines, *self.ended])


def play(seed, told=None):
    """Play the schedule of a seed."""
    began = time.process_time()
    loop = SimulatedLoop(seed, MOST_TURNS)
    logging.disable(logging.CRITICAL)
    try:
        world = World(loop, seed, told)
        with simulated_clients(world):
            verdict = loop.run_until_complete(_played(world))
    finally:
        logging.disable(logging.NOTSET)
        loop.close()
    return Played(
        seed=seed,
        broken={name: wrong for name, wrong in verdict.promises.items() if wrong},
        over_capacity=verdict.over_capacity,
        turns=loop.turns,
        seconds=loop.time(),
        cpu_s=time.process_time() - began,
        ended=tuple(line for one in world.workers for line in one.ended),
    )


async def _played(world):
    await world.furnish()
    for worker in world.workers:
        worker.start()
    watching = asyncio.ensure_future(supervise(world))
    playing = asyncio.gather(world.senders.run(LIVES), trouble(world))
    await asyncio.wait({playing}, timeout=LONGEST_S)
    await world.rest()
    watching.cancel()
    history = await history_of(world)
    await world.end()
    return check(history)
