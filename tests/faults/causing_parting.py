"""A worker parted from the broker, then from PostgreSQL, while another can reach both."""

import signal
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from deploy.local.waiting import holds_within
from tests.faults import beyond
from tests.faults.causing import PATIENCE_S, WENT_BACK, must, sending
from tests.faults.proxy import opened_proxy

FAR, NEAR = "beyond", "one"


async def partings(scene):
    """First from the broker, with a batch in hand; then from the database; rest comes while the cable is out."""
    async with _somebody_beyond(scene):
        await _from_the_broker(scene, scene.lives(6))
        await scene.rests()
        await _from_the_database(scene, scene.lives(14)[6:])


async def parting_with_a_batch(scene):
    """From the broker alone."""
    async with _somebody_beyond(scene):
        await _from_the_broker(scene, scene.lives(6))
        await scene.rests()


async def _from_the_database(scene, lives):
    """A worker that has joined, and goes on telling the group that it lives, while it can write nothing."""
    await scene.workers.kill(FAR)
    joined = _joinings(scene)
    await scene.workers.start(FAR)

    async def joined_again():
        return _joinings(scene) > joined

    must(await holds_within(joined_again, PATIENCE_S), "the far worker did not join again")
    await beyond.pull("database")
    async with sending(scene, lives, patience_s=PATIENCE_S * 3):
        pass
    scene.left["no rest while a worker was parted from the database"] = int(not await scene.rests(PATIENCE_S))
    await beyond.plug("database")


def _joinings(scene):
    return scene.workers.said(FAR).count(f"Successfully synced group {scene.name}-casework")


async def _from_the_broker(scene, lives):
    await scene.workers.start(FAR, patches=("linger_with_a_batch",))
    async with sending(scene, lives):
        must(await scene.workers.says(FAR, "a batch in hand", PATIENCE_S), "no batch was in hand")
        await beyond.pull("broker")
        await scene.workers.start(NEAR)
    scene.left["no rest while a worker was parted from the broker"] = int(not await scene.rests(PATIENCE_S))
    scene.workers.tell(FAR, signal.SIGUSR1)

    async def came_too_late():
        return "fenced: " in scene.workers.said(FAR) or await scene.database.fetchval(WENT_BACK)

    must(await holds_within(came_too_late, PATIENCE_S), "the parted worker did not write its batch")
    await beyond.plug("broker")


@asynccontextmanager
async def _somebody_beyond(scene):
    """The settings of a worker in the namespace; its cables are whole at the end."""
    there = urlsplit(scene.worker_dsn)
    async with opened_proxy(there.hostname, there.port, scene.seed, naming=b"-", at=beyond.ours("database")) as (
        _,
        port,
    ):
        user = there.netloc.rpartition("@")[0]
        dsn = there._replace(netloc=f"{user}@{beyond.ours('database')}:{port}").geturl()
        kafka = scene.settings(FAR).kafka.model_copy(update={"bootstrap": scene.rig.broker.beyond})
        scene.elsewhere[FAR] = {"database": {"amends_worker": dsn}, "kafka": kafka}
        scene.workers.within[FAR] = beyond.inside()
        try:
            yield
        finally:
            for cable in beyond.CABLES:
                await beyond.plug(cable)
