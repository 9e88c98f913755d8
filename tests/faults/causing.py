"""How each fault is brought about on a scene. Every draw comes from the scene's seed, every wait is for a condition."""

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit

from deploy.local.waiting import holds_within
from deploy.settings import MailSettings
from tests.faults.letters import NOW, again
from tests.faults.post import opened_post
from tests.faults.proxy import opened_proxy

PATIENCE_S = 120.0
# How often a point is passed at most before it kills: seldom where the point is seldom passed.
FAILPOINTS = {
    "before_sql": 3,
    "after_sql": 3,
    "after_commit": 3,
    "after_publish_before_ack": 3,
    "before_outbox_delete": 3,
    "in_assignment": 1,
    "in_timer": 1,
    "after_mail_before_sent": 1,
}
WENT_BACK = "SELECT EXISTS (SELECT FROM watched.moves WHERE after <= before)"
DUE = timedelta(hours=13)


class NotExercisedError(Exception):
    """The fault did not come about, so the run says nothing."""


def must(happened, what):
    """Give the run up where the fault did not come about."""
    if not happened:
        raise NotExercisedError(what)


@asynccontextmanager
async def sending(scene, lives, pace_s=0.0, patience_s=PATIENCE_S * 2):
    """Lives that go on while faults happen; all are sent when the block ends."""
    task = asyncio.create_task(scene.senders.live_all(lives, pace_s))
    try:
        yield
        async with asyncio.timeout(patience_s):
            await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def read(scene, records):
    """Wait until so many records were read; not so many batches, of which a quick machine makes fewer."""

    async def there():
        return await scene.read() >= records

    must(await holds_within(there, PATIENCE_S), f"{records} records were not read")


async def random_kills(scene, names=("one", "two"), lives=24, kills=4):
    """Kill a worker drawn at random whenever a drawn share of the records was read, and start it again."""
    drawn, those = Random(scene.seed), scene.lives(lives)
    records = sum(1 + len(life.commands) for life in those)
    for name in names:
        await scene.workers.start(name)
    async with sending(scene, those):
        for kill in range(kills):
            await read(scene, int(records * (kill + drawn.random()) / (kills + 1)) + 1)
            name = drawn.choice(names)
            await scene.workers.kill(name)
            await scene.workers.start(name)


async def random_kills_of_one(scene):
    """The same with one worker and fewer lives."""
    await random_kills(scene, names=("one",), lives=8, kills=2)


async def kills_at_failpoints(scene):
    """One worker after another dies at the next point, while new lives begin."""
    drawn = Random(scene.seed)
    lives = scene.lives(2 * len(FAILPOINTS))
    async with opened_post() as (post, port), AsyncExitStack() as going:
        scene.mail, scene.mailed = MailSettings(host="127.0.0.1", port=port), post.ids
        for place, (name, most) in enumerate(FAILPOINTS.items()):
            await going.enter_async_context(sending(scene, lives[2 * place : 2 * place + 2]))
            await _dies_at(scene, f"{name}:{drawn.randint(1, most)}")
        await scene.workers.start("one")
        await going.aclose()
        await scene.rests()
        await scene.workers.end()


async def _dies_at(scene, failpoint):
    if failpoint.startswith("in_timer"):
        await scene.set_clock(NOW + DUE)
    await scene.workers.start("one", failpoint=failpoint)
    must(await scene.workers.killed_itself("one"), f"no worker died at {failpoint}")


async def kill_before_publishing(scene):
    """Kill between the removal from the outbox and the sending, which only the patched relay has that way round."""
    await scene.workers.start("one", failpoint="before_outbox_delete:1")
    async with sending(scene, scene.lives(2)):
        must(await scene.workers.killed_itself("one"), "the relay did not die")
        await scene.workers.start("one")


async def zombie_with_a_batch(scene):
    """Freeze a worker with a batch in hand, let another take over all it had, and wake it."""
    await scene.workers.start("one", patches=("freeze_before_taking",))
    await _taken_over(scene, "one", scene.lives(6), by="two")
    scene.workers.tell("one", signal.SIGCONT)

    async def came_too_late():
        return "fenced" in scene.workers.said("one") or await scene.database.fetchval(WENT_BACK)

    must(await holds_within(came_too_late, PATIENCE_S), "the zombie did not write")


async def zombies(scene):
    """Zombies with a batch in hand; in the middle of a transaction, with locks; and with a shard of the relay."""
    await zombie_with_a_batch(scene)
    lives = scene.lives(14)[6:]
    for name, failpoint in (("three", "before_sql:2"), ("four", "before_outbox_delete:1")):
        await scene.workers.end()
        await scene.workers.start(name, failpoint=failpoint, patches=("freeze_at_failpoints",))
        await _taken_over(scene, name, [lives.pop() for _ in range(4)], by="two")
        scene.workers.tell(name, signal.SIGCONT)


async def _taken_over(scene, frozen, lives, *, by):
    async with sending(scene, lives):
        must(await scene.workers.froze_itself(frozen), f"{frozen} did not freeze")
        await scene.workers.start(by)
    must(await scene.rests(PATIENCE_S), f"nobody took over from {frozen}")


async def commits_cut(scene):
    """Put a proxy before PostgreSQL that cuts connections at COMMIT, while lives go on."""
    there = urlsplit(scene.worker_dsn)
    async with opened_proxy(there.hostname, there.port, scene.seed, naming=b"case.commands") as (cutter, port):
        scene.worker_dsn = there._replace(netloc=f"{there.netloc.rpartition(':')[0]}:{port}").geturl()
        await scene.workers.start("one")
        await moved_at_all(scene)
        cutter.every = 3
        async with sending(scene, scene.lives(16)):

            async def cut_enough():
                return min(cutter.cuts.values()) >= 3

            must(await holds_within(cut_enough, PATIENCE_S), f"too few cuts: {cutter.cuts}")
            cutter.every = 0
        scene.noted = f"{sum(cutter.cuts.values())} cuts"
        await scene.rests()
        await scene.workers.end()


async def moved_at_all(scene):
    """Wait until a worker is at work: one life, and its end."""
    async with sending(scene, scene.lives(17)[16:]):
        await read(scene, 1)


async def replays(scene):
    """Send again in every way, then have all read again: from zero, and as if on another cluster."""
    await a_replay(scene, lives=8)
    for cluster in ("cluster", "'an earlier one'"):
        await scene.workers.end()
        await scene.database.execute(f"UPDATE offsets SET position = 0, cluster = {cluster}")
        await scene.workers.start("one")
        await scene.rests()


async def a_replay(scene, lives=3):
    """Everything is sent, and once more: under its own number, under another, and with another body."""
    drawn = Random(scene.seed)
    await scene.workers.start("one")
    async with sending(scene, scene.lives(lives)):
        pass
    await scene.rests()
    letters = list(scene.senders.letters.values())
    drawn.shuffle(letters)
    for letter in letters:
        await scene.senders.put(letter)
        await scene.senders.send(again(letter, f"again-{letter.number}"))
    for letter in (one for one in letters if one.receipted):
        body = letter.value.replace(b"The bus shelter", b"The bus stop")
        conflict = again(letter, f"other-{letter.number}", value=body, becomes=frozenset({"conflicting"}))
        await scene.senders.send(conflict)


async def receipted(forms, count):
    """Wait until so many referrals by HTTP were receipted."""

    async def there():
        return forms.received >= count

    must(await holds_within(there, PATIENCE_S), f"{count} referrals were not receipted")
