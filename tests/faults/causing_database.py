"""How PostgreSQL is made to die under load."""

from contextlib import asynccontextmanager
from random import Random

import asyncpg

from tests.faults.causing import PATIENCE_S, receipted, sending
from tests.faults.forms import opened_forms
from tests.faults.scene import look_again

ROLES = ("amends_worker", "amends_portal")
# Nobody writes WAL but who waits for it: what was told and is not on disk stays in memory for long.
LAZY = {"wal_writer_delay": "10s", "wal_writer_flush_after": "64MB"}


async def crashes(scene, *, lives=20, kills=4):
    """Kill PostgreSQL whenever so many more referrals were receipted by HTTP as was drawn, and start it again."""
    drawn = Random(scene.seed)
    lives, kills = (lives * 4, kills * 4) if scene.full else (lives, kills)
    await scene.workers.start("one")
    async with opened_forms(scene) as forms, sending(scene, scene.lives(lives), patience_s=PATIENCE_S * 4):
        receipts = 0
        for _ in range(kills):
            receipts += drawn.randint(2, 4)
            await receipted(forms, receipts)
            await crash(scene)


async def crash(scene):
    """kill -9 to PostgreSQL with all its backends; it comes back on the same port with the same data."""
    server = scene.rig.server
    await server.kill()
    scene.deaths += 1
    await server.start()
    await look_again(scene)


async def crashes_without_durable_commits(scene):
    """The same where a commit is told before it is on disk."""
    async with told_too_early(scene):
        await crashes(scene, lives=8, kills=2)


@asynccontextmanager
async def told_too_early(scene, lazy=LAZY):
    """PostgreSQL answers a COMMIT before the disk has it, and is in no hurry to write it."""
    await _execute(scene, *(f"ALTER ROLE {role} SET synchronous_commit = off" for role in ROLES))
    await _execute(scene, *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in lazy.items()))
    await _execute(scene, "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        await _execute(scene, *(f"ALTER ROLE {role} RESET synchronous_commit" for role in ROLES))
        await _execute(scene, *(f"ALTER SYSTEM RESET {name}" for name in lazy), "SELECT pg_reload_conf()")


async def _execute(scene, *statements):
    connection = await asyncpg.connect(scene.rig.database.superuser)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
