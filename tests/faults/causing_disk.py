"""A disk that fails PostgreSQL: the n-th fdatasync of each backend kills it, or says that there was an error."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from random import Random

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, must, sending
from tests.faults.causing_database import told_too_early
from tests.faults.forms import opened_forms
from tests.faults.scene import look_again

CRASHED = "all server processes terminated; reinitializing"
KILLED, FAILS = "signal=KILL", "error=EIO"
# The writer of WAL hears of the error late, and meanwhile others are told that their commits are kept.
FAILS_SLOWLY = "error=EIO:delay_exit=3000000"
PIDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = ANY($1::text[]) AND pid <> pg_backend_pid()"


async def failing_disk(scene):
    """Lives by HTTP and by topic while backends die in the middle of a commit, then while their disk fails."""
    drawn, lives = Random(scene.seed), scene.lives(18)
    async with _at_work(scene, lives[16:]):
        for fault, those in ((KILLED, lives[:8]), (FAILS, lives[8:16])):
            await _lived(scene, f"{fault}:when={drawn.randint(4, 9)}", those, ["client backend"])
    scene.noted = f"PostgreSQL crashed {scene.deaths} times"


async def failing_disk_unheeded(scene):
    """The same with commits that are told before they are on disk, where only their writer waits for it."""
    lives = scene.lives(26)
    async with told_too_early(scene, lazy={}), _at_work(scene, lives[24:]):
        await _lived(scene, f"{FAILS_SLOWLY}:when=1", lives[:24], ["walwriter"])


@asynccontextmanager
async def _at_work(scene, lives):
    await scene.workers.start("one")
    async with opened_forms(scene):
        async with sending(scene, lives):
            pass
        yield


async def _lived(scene, fault, lives, kinds):
    """The fault is there before the first of these lives begins, and ends with the first crash."""
    before = _crashes(scene)

    async def crashed():
        return _crashes(scene) > before

    async with _injected(scene, fault, kinds) as injection, sending(scene, lives, patience_s=PATIENCE_S * 3):
        must(await holds_within(crashed, PATIENCE_S), "PostgreSQL did not crash")
        await _mended(scene, injection)
    scene.deaths += _crashes(scene) - before


def _crashes(scene):
    return scene.rig.server.log_path.read_text(encoding="utf-8").count(CRASHED)


@asynccontextmanager
async def _injected(scene, fault, kinds):
    """Trace backends of these kinds, the server, and all that it forks; the fault ends with the tracing."""
    must(shutil.which("strace"), "strace is not here")
    log = scene.folder / "strace.log"
    pids = [row["pid"] for row in await scene.database.fetch(PIDS, kinds)]
    traced = (word for pid in (scene.rig.server.pid, *pids) for word in ("-p", str(pid)))
    options = ("-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", f"inject=fdatasync:{fault}")
    with log.open("wb") as told:
        process = await asyncio.create_subprocess_exec("strace", *options, *traced, stderr=told)

    async def attached():
        told = log.read_text(encoding="utf-8").count("attached")
        return told > len(pids) or process.returncode is not None

    try:
        must(await holds_within(attached, PATIENCE_S) and process.returncode is None, "PostgreSQL cannot be traced")
        yield process
    finally:
        await _mended(scene, process)


async def _mended(scene, injection):
    """End the tracing; PostgreSQL comes back by itself, unless its disk failed it while it did so."""
    if injection.returncode is not None:
        return
    injection.terminate()
    await injection.wait()
    if not await holds_within(scene.rig.server._answers, PATIENCE_S / 4):
        await scene.rig.server.kill()
        await scene.rig.server.start()
    await look_again(scene)
