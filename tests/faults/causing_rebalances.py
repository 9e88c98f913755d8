"""Workers that join and leave all the time, each under a name of its own."""

from random import Random

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, WENT_BACK, must, read, sending

MOST_GUESTS = 16
NOT_FENCED = "no batch was overtaken by a rebalance"


async def storm(scene, guests=3):
    """Guests join the group and leave it, by farewell or by kill -9, until a batch in hand was overtaken.

    Batches take long, so that a rebalance falls into them.
    """
    names = await _storm(scene, guests=guests * 2 if scene.full else guests)
    fenced = _fenced(scene, names)
    must(fenced, NOT_FENCED)
    scene.noted = f"{len(names) - 1} guests, {fenced} batches fenced"


async def storm_without_fence(scene):
    """The same with fewer guests at least: an overtaken batch is kept a second time."""
    await _storm(scene, guests=1)
    must(await scene.database.fetchval(WENT_BACK), NOT_FENCED)


async def _storm(scene, guests):
    """At least so many; return the names of all who were there."""
    drawn, lives, names = Random(scene.seed), iter(scene.lives(4 * MOST_GUESTS)), ["one"]
    await scene.workers.start("one")
    while len(names) <= guests or not (_fenced(scene, names) or await scene.database.fetchval(WENT_BACK)):
        must(len(names) <= MOST_GUESTS, NOT_FENCED)
        names.append(f"guest-{len(names)}")
        async with sending(scene, [next(lives) for _ in range(4)], patience_s=PATIENCE_S * 3):
            await read(scene, await scene.read() + drawn.randint(1, 6))
            await scene.workers.start(names[-1])
            must(await _joined(scene, names[-1]), f"{names[-1]} did not join")
            await read(scene, await scene.read() + drawn.randint(1, 6))
            await scene.workers.kill(names[-1], farewell=bool(drawn.randrange(2)))
    return names


def _fenced(scene, names):
    return sum(scene.workers.said(name).count("fenced: ") for name in names)


async def _joined(scene, name):
    async def said():
        return f"Successfully synced group {scene.name}-casework" in scene.workers.said(name)

    return await holds_within(said, PATIENCE_S)
