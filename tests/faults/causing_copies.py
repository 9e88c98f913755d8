"""How PostgreSQL is lost for good: a replica takes over, or a backup is put back while the topics are ahead."""

import asyncio
from datetime import timedelta
from random import Random

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.waiting import holds_within
from deploy.stack.records import refill_topics
from schemas import topics
from tests.databases import KEYS
from tests.faults.causing import PATIENCE_S, must, receipted, sending
from tests.faults.copies import backup_of, put_back
from tests.faults.forms import opened_forms
from tests.faults.letters import NOW, TENANT
from tests.faults.scene import look_again, make_topics
from workflow.store.checkpoints import build_checkpoint
from workflow.store.verify import verify

# So long the replica is parted before the primary dies: receipts that are told meanwhile are the primary's alone.
PARTED_S = 2.0


async def promoted(scene):
    """The replica hears nothing for a while; then the primary dies, the replica is promoted, and the old one wakes."""
    await _promoted(scene, waits=True)


async def promoted_although_behind(scene):
    """The same where the primary tells of a commit before the replica has it."""
    await _promoted(scene, waits=False)


async def _promoted(scene, *, waits):
    pair, drawn, lives = scene.rig.server, Random(scene.seed), scene.lives(20)
    await pair.add_replica(waits=waits)
    await scene.workers.start("one")
    async with opened_forms(scene) as forms:
        async with sending(scene, lives[:4]):
            pass
        async with sending(scene, lives[4:], patience_s=PATIENCE_S * 4):
            await receipted(forms, 4 + drawn.randint(2, 6))
            await pair.part()
            before = forms.received
            await asyncio.sleep(PARTED_S)
            scene.noted = f"{forms.received - before} receipts while the replica heard nothing"
            told = await pair.fail_over()
            scene.deaths += 1
            await look_again(scene)
    if waits:
        scene.left["commits told by the old primary"] = int(told)
    await scene.rests()
    await scene.workers.end()


async def restored(scene):
    """A backup from the midst of work is put back; topics are made anew and filled again; forms are sent again."""
    async with opened_forms(scene):
        await _lost(scene)
        async with asyncpg.create_pool(scene.rig.database.worker, min_size=1, max_size=2) as pool:
            await _topics_anew(scene)
            refilled = await refill_topics(pool)
        scene.noted += f", {refilled} records filled again"
        await _sent_again(scene)


async def restored_onto_old_topics(scene):
    """The same without making the topics anew: what is done again stands there beside what was done before."""
    async with opened_forms(scene):
        await _lost(scene)
        await _sent_again(scene)


async def _lost(scene):
    """Live, take a backup in the midst of it, live on, lose the database, and put the backup back."""
    lives = scene.lives(24)
    lives = [type(life)(referral=life.referral, commands=life.commands[:-1]) for life in lives]  # nobody contends
    await scene.workers.start("one")
    async with sending(scene, lives[:8]):
        pass
    async with sending(scene, lives[8:16]):
        backup = await backup_of(scene.rig.server)
    async with sending(scene, lives[16:]):
        pass
    must(await scene.rests(PATIENCE_S), "no rest before the loss")
    outside = await _checkpoint(scene)
    await scene.workers.end()
    await put_back(scene.rig.server, backup)
    scene.deaths += 1
    await look_again(scene)
    named = (await verify(scene.database, outside)).faults
    scene.left["a database that was set back, and verify named nothing"] = int(not named)
    scene.noted = f"{len(named)} faults named by verify --against a checkpoint"
    await scene.set_clock(NOW + timedelta(minutes=1))  # what is done again is done later


async def _checkpoint(scene):
    connection = await asyncpg.connect(scene.rig.database.worker)
    try:
        return await build_checkpoint(connection, KEYS, TENANT, NOW)
    finally:
        await connection.close()


async def _topics_anew(scene):
    """Delete the topics that are ours to write, and make them again; what came in stays."""
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.rig.broker.bootstrap)
    await admin.start()
    try:
        ours = {place.topic for place in scene._places if not place.topic.startswith("referrals.")}
        ours -= {topics.CASE_COMMANDS}
        await admin.delete_topics(sorted(ours))

        async def gone():
            return not ours & set(await admin.list_topics())

        must(await holds_within(gone, PATIENCE_S), "topics stayed")
    finally:
        await admin.close()
    await make_topics(scene)


async def _sent_again(scene):
    """A worker starts; each agency sends again all that it has a receipt for, under the same numbers and ids."""
    await scene.workers.start("one")
    again = [letter for letter in scene.senders.letters.values() if letter.receipted]
    await asyncio.gather(*map(scene.senders.forms.receipt, again))
