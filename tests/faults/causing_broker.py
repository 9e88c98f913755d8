"""How brokers are made to die under load: one alone that comes back, and one of three that does not."""

import asyncio
import signal
from contextlib import contextmanager
from random import Random

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, must, read, sending
from tests.faults.forms import opened_forms

OUTAGE_S, SHORT_OUTAGE_S, SWEEP_S = 30.0, 6.0, 3.0
LEFT_THE_OUTBOX = """
SELECT (SELECT count(*) FROM case_events) + (SELECT count(*) FROM outward_records) - (SELECT count(*) FROM outbox)
"""
# Long enough for an acknowledgement that need not wait for the others; shorter than leaves time to drop them.
FROZEN_S = 4.0
# A follower asks its leader ahead, and what is answered while it is frozen would reach it: half a second, by default.
FETCHES_OVER_S = 1.0


async def outages(scene, *, lives=16, times=2):
    """Kill the only broker under load, and then the worker; forms are receipted, and all is published afterwards."""
    drawn = Random(scene.seed)
    lives = scene.lives(lives + 4 * times)
    await scene.workers.start("one")
    async with opened_forms(scene), sending(scene, lives[4 * times :], patience_s=PATIENCE_S * 4):
        records = 0
        for outage in range(times):
            records += drawn.randint(10, 30)
            await read(scene, records)
            await _outage(scene, lives[4 * outage : 4 * outage + 4])
            records = await scene.read()


async def _outage(scene, lives):
    began = asyncio.get_running_loop().time()
    await scene.rig.broker.kill()
    scene.deaths += 1
    left = await scene.database.fetchval(LEFT_THE_OUTBOX)
    for life in lives:
        await scene.senders.refer(life.referral)

    async def more_left():
        return await scene.database.fetchval(LEFT_THE_OUTBOX) > left

    # Nothing can leave it with reason; a relay that forgets before it is told does so within a sweep.
    await holds_within(more_left, SWEEP_S)
    await scene.workers.kill("one")
    await asyncio.sleep((OUTAGE_S if scene.full else SHORT_OUTAGE_S) - (asyncio.get_running_loop().time() - began))
    await scene.rig.broker.start()
    await scene.workers.start("one")


async def an_outage(scene):
    """One of them, with fewer lives."""
    await outages(scene, lives=8, times=1)


async def loss(scene):
    """One of three brokers dies for good while the others are behind it: what it alone had was never acknowledged."""
    await _lost_ahead(scene)


async def loss_of_acknowledged(scene):
    """The same; here the relay takes the word of that one broker."""
    must(await _lost_ahead(scene), "nothing was acknowledged by the lost broker alone")


async def _lost_ahead(scene):
    """Whether the relay took a record for acknowledged that only the lost broker can have had."""
    drawn = Random(scene.seed)
    lives = scene.lives(32)
    await scene.workers.start("one")
    async with opened_forms(scene):
        async with sending(scene, lives[:8]):
            await read(scene, 10)
        must(await scene.rests(PATIENCE_S), "the cluster did not work to begin with")
        nodes = scene.rig.broker.nodes
        victim = drawn.choice(nodes)
        acknowledged = _acknowledged(scene)
        # All that is to be published waits, so that some of it leads to the one that will be lost.
        scene.workers.tell("one", signal.SIGSTOP)
        await asyncio.gather(*(scene.senders.refer(life.referral) for life in lives[8:24]))
        scene.noted = f"broker {victim.number} lost"
        with _frozen([node for node in nodes if node is not victim]):
            await asyncio.sleep(FETCHES_OVER_S)
            scene.workers.tell("one", signal.SIGCONT)

            async def told():
                return _acknowledged(scene) > acknowledged

            alone = await holds_within(told, FROZEN_S)
            await victim.lose()
            scene.deaths += 1
        async with sending(scene, lives[24:], patience_s=PATIENCE_S * 3):
            pass
    return alone


@contextmanager
def _frozen(nodes):
    for node in nodes:
        node.freeze()
    try:
        yield
    finally:
        for node in nodes:
            node.wake()


def _acknowledged(scene):
    return scene.workers.said("one").count("acknowledged by one")
