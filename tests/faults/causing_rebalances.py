"""Workers that join and leave all the time, each under a name of its own."""

import signal
from random import Random

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, WENT_BACK, must, read, sending

# Partitions are dealt out in the order of names: one guest comes before the worker that is called one, and one after.
GUESTS = ("guest", "visitor")
# So long a guest may take to read on where the batch in hand is, if the rebalance gave it that partition.
TRIES_S = 30.0
IN_HAND = "a batch in hand of "
AT = "SELECT coalesce(max(position), 0) FROM offsets WHERE topic = $1 AND partition = $2"


async def storm(scene):
    """Guests join and leave, by farewell or by kill -9: while one has a batch in hand, and then under load."""
    drawn = Random(scene.seed)
    faster = await _overtaken(scene, drawn)
    more, lives = (6 if scene.full else 2), iter(scene.lives(36)[12:])
    for number in range(more):
        guest = f"{drawn.choice(GUESTS)}-{number}"
        async with sending(scene, [next(lives) for _ in range(4)], patience_s=PATIENCE_S * 3):
            await scene.workers.start(guest)
            await read(scene, await scene.read() + drawn.randint(1, 12))
            await _gone(scene, drawn, guest)
    scene.noted = f"a batch in hand was overtaken by a {faster}; {more} more under load"


async def storm_without_fence(scene):
    """The first part alone: the overtaken batch is kept a second time."""
    await _overtaken(scene, Random(scene.seed))


async def _overtaken(scene, drawn):
    """A batch stays in hand until a rebalance has given its partition to a guest, who reads on; then it is written.

    The partition goes to the one guest or to the other.
    """
    await scene.workers.start("one", patches=("linger_with_a_batch",))
    async with sending(scene, scene.lives(12), patience_s=PATIENCE_S * 6):
        must(await scene.workers.says("one", IN_HAND, PATIENCE_S), "no batch was in hand")
        moved = _beyond_what_is_in_hand(scene)
        for guest in drawn.sample(GUESTS, len(GUESTS)):
            await scene.workers.start(guest)
            joined = f"Successfully synced group {scene.name}-casework"
            must(await scene.workers.says(guest, joined, PATIENCE_S), f"{guest} did not join")
            if await holds_within(moved, TRIES_S):
                break
            await _gone(scene, drawn, guest)
        must(await moved(), "no rebalance took the partition away")
        scene.workers.tell("one", signal.SIGUSR1)

    async def came_too_late():
        return "fenced: " in scene.workers.said("one") or await scene.database.fetchval(WENT_BACK)

    must(await holds_within(came_too_late, PATIENCE_S), "the batch was not written")
    await _gone(scene, drawn, guest)
    return guest


def _beyond_what_is_in_hand(scene):
    """Return the question whether somebody has read all that "one" has in hand."""
    topic, partition, to, *_ = scene.workers.said("one").partition(IN_HAND)[2].split()

    async def moved():
        return await scene.database.fetchval(AT, topic, int(partition)) >= int(to)

    return moved


async def _gone(scene, drawn, name):
    await scene.workers.kill(name, farewell=bool(drawn.randrange(2)))
