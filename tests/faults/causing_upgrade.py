"""A rolling upgrade under load: the migration dies half way, old and new workers work side by side and are killed."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import asyncpg

from deploy.local.waiting import holds_within
from deploy.settings import environment_of
from tests.faults import patches_of_version
from tests.faults.causing import PATIENCE_S, must, read, sending
from tests.faults.second_migration import ADDED
from workflow.store.migrate import newest_version, schema_version

NEW = ("second_version",)
HALF_WAY = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'"
MIXED = "SELECT version, count(*) FROM case_events WHERE type = $1 GROUP BY version ORDER BY version"
MEETS_A_NEWER_SCHEMA = 2


async def upgraded(scene):
    """Migrate, die half way, migrate again; replace the workers one by one, and kill of either kind meanwhile."""
    _goes_back_in_the_end(scene)
    drawn, lives = Random(scene.seed), scene.lives(36)
    for name in ("one", "two"):
        await scene.workers.start(name)
    async with sending(scene, lives[:12]):
        await _dies_half_way(scene)
        scene.left["a schema that moved although its migration died"] = int(await _schema(scene) != newest_version())
        await scene.workers.kill("one")
        await scene.workers.start("one")
        scene.left["a migration that could not be done again"] = int(await _migrated(scene) != 0)
        await read(scene, await scene.read() + 1)
    await scene.workers.kill("one")
    scene.left["an old worker that started on a newer schema"] = int(await _old_one(scene) != MEETS_A_NEWER_SCHEMA)
    await scene.workers.start("one", patches=NEW)
    async with sending(scene, lives[12:24]):  # both at work
        await read(scene, await scene.read() + drawn.randint(5, 40))
        await scene.workers.kill(drawn.choice(("one", "two")))
        await _revived(scene)
    await scene.workers.kill("two")
    async with sending(scene, lives[24:]):
        await scene.workers.start("two", patches=NEW)
    must(await scene.rests(), "no rest after the upgrade")
    found = {row["version"]: row["count"] for row in await scene.database.fetch(MIXED, patches_of_version.WIRE)}
    must(set(found) == {0, 1}, f"not both versions wrote: {found}")
    scene.noted = f"{found[0]} facts of version 0 and {found[1]} of version 1 of one kind"


async def half_upgraded(scene):
    """The first part alone, where each statement of a migration is kept by itself."""
    _goes_back_in_the_end(scene)
    await scene.workers.start("one")
    async with sending(scene, scene.lives(6)):
        await _dies_half_way(scene, "by-statement")
        scene.left["a migration that could not be done again"] = int(await _migrated(scene, "by-statement") != 0)


async def _revived(scene):
    alive = scene.workers.alive()
    for name, patches in (("one", NEW), ("two", ())):
        if name not in alive:
            await scene.workers.start(name, patches=patches)


async def _dies_half_way(scene, *how):
    """The last table is held by somebody who reads it; kill -9 to the migration that waits for it."""
    async with _held(scene, ADDED[1]):
        process = await _migration(scene, *how)

        async def half_way():
            return await scene.database.fetchval(HALF_WAY) or process.returncode is not None

        must(await holds_within(half_way, PATIENCE_S) and process.returncode is None, "the migration did not wait")
        process.kill()
        await process.wait()


@asynccontextmanager
async def _held(scene, table):
    connection = await asyncpg.connect(scene.rig.database.superuser)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
            yield
    finally:
        await connection.close()


async def _migrated(scene, *how):
    process = await _migration(scene, *how)
    return await process.wait()


async def _migration(scene, *how):
    arguments = (scene.rig.database.owner, str(scene.folder / "migrations"), *how)
    with (scene.folder / "migration.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.second_version", *arguments), stdout=log, stderr=log
        )


async def _schema(scene):
    """As the first version sees it; it may not know what it finds."""
    return await schema_version(scene.rig.database.owner)


async def _old_one(scene):
    """The exit status of a worker of the first version, started as an operator does."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), **environment_of(scene.settings("one"))}
    with (scene.folder / "refused.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.cli", "worker"), env=environment, stdout=log, stderr=log
        )
    try:
        return await asyncio.wait_for(process.wait(), PATIENCE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None


def _goes_back_in_the_end(scene):
    """The checker reads as the second version does; once the scene is over there is only the first again."""

    async def back():
        for table in ADDED:
            await scene.database.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS lifecycle")
        await scene.database.execute("UPDATE alembic_version SET version_num = $1", newest_version())

    scene.opened.push_async_callback(back)
    scene.opened.callback(patches_of_version.second_version())
