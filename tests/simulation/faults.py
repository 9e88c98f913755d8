"""What goes wrong in a schedule, drawn from its seed: deaths, zombies, outages, leaps of the clock, repeats."""

import asyncio
from datetime import timedelta

from streams.failpoints import NAMES
from workflow.store.waking import Wake

SPAN_S = 20.0


async def trouble(world):
    """Draw some faults, let each happen at its time, and see that afterwards everybody lives and answers."""
    random = world.loop.random
    drawn = [(random.random() * SPAN_S, random.choice(KINDS)) for _ in range(random.randrange(1, 6))]
    await asyncio.gather(*(_at(world, when, kind) for when, kind in drawn), _leap(world))
    for worker in world.workers:
        if worker.process.frozen:
            worker.freeze(frozen=False)
        worker.armed.clear()


async def _at(world, when, kind):
    await asyncio.sleep(when)
    await kind(world, world.loop.random)


async def _kill(world, random):
    worker = random.choice(world.workers)
    if not worker.process.dead:
        worker.kill()


async def _kill_at_failpoint(world, random):
    worker = random.choice(world.workers)
    worker.armed[random.choice(sorted(NAMES))] = random.randrange(1, 4)


async def _freeze(world, random):
    worker = random.choice(world.workers)
    if worker.process.dead or worker.process.frozen:
        return
    process = worker.process
    worker.freeze(frozen=True)
    await asyncio.sleep(0.5 + random.random() * 12)
    world.tell(f"thaw {process}")
    process.frozen = False


async def _lose_database(world, random):
    world.tell("the database is down")
    world.database.down(is_down=True)
    await asyncio.sleep(random.random() * 4)
    world.tell("the database is up")
    world.database.down(is_down=False)


async def _lose_broker(world, random):
    world.tell("the broker is down")
    world.broker.service.down = True
    await asyncio.sleep(random.random() * 6)
    world.tell("the broker is up")
    world.broker.service.down = False


async def _repeat(world, random):
    """A producer repeats an old record."""
    letters = list(world.senders.letters.values())
    if letters:
        await world.senders._put(random.choice(letters))


KINDS = (_kill, _kill_at_failpoint, _freeze, _freeze, _lose_database, _lose_broker, _repeat)


async def _leap(world):
    """Time passes by hours now and then: timers come due while their cases move."""
    random = world.loop.random
    for _ in range(6):
        await asyncio.sleep(1 + random.random() * 5)
        world.database.clock.leapt += timedelta(hours=random.choice((1, 12, 30)))
        world.database.wake(Wake.CLOCK)


async def supervise(world):
    """Begin a new life of whoever died, after a while."""
    while not world.loop.is_spent:
        await asyncio.sleep(0.5 + world.loop.random.random())
        dead = [worker for worker in world.workers if worker.process.dead]
        for worker in () if world.loop.is_spent else dead:
            worker.start()
