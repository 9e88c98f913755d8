"""`amends worker`, `amends portal`, `amends migrate`: the parts, for production and for the stack that starts them."""

import asyncio
import gc

import asyncpg
import click
import uvloop
from mode.worker import Worker

from deploy.bootstrap import WORKER_ROLE, build_worker
from deploy.cli.ground import check_key, check_schema, dsn_of, settled, streams_of
from deploy.cli.home import home_option
from deploy.cli.interrupting import until_interrupted, until_stopped
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.ports import is_free
from deploy.local.postgres_roles import OWNER
from deploy.secret_keys import master_key
from deploy.settings import Settings
from deploy.stack import broker, database
from deploy.stack.portal import PORTAL_ROLE, run_portal
from workflow.store.migrate import migrate as migrate_schema
from workflow.store.migrate import newest_version

COLLECT_AFTER = (50_000, 20, 50)


@click.command()
@click.option("--name", help="This worker's name; two workers of one name do not run at once.")
def worker(name: str | None) -> None:
    """Run one worker: batch source, relay, timekeeper and notifier, hosted by Faust.

    Example: amends worker --name worker-2
    """
    settings = settled()
    if name:
        settings = settings.model_copy(update={"worker": name})
    until_interrupted(_worker_may_start(settings))
    asyncio.set_event_loop(uvloop.new_event_loop())
    _spare_the_collector()
    Worker(build_worker(settings), loglevel="INFO", redirect_stdouts=False).execute_from_commandline()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.")
def portal(port: int | None) -> int:
    """Serve the pages and the API.

    Example: amends portal --port 8080
    """
    settings = settled()
    if port:
        settings = settings.model_copy(update={"portal": settings.portal.model_copy(update={"port": port})})
    until_interrupted(_may_start(settings, PORTAL_ROLE))
    if not is_free(settings.portal.port, settings.portal.host):
        raise LocalStackError(
            f"Port {settings.portal.port} for the pages is in use. Stop what listens there or take another: --port."
        )
    return until_stopped(run_portal(settings))


@click.command()
def migrate() -> None:
    """Bring the database that the settings name to the newest schema; may be run again.

    Example: amends migrate
    """
    settings = settled()
    dsn = dsn_of(settings, OWNER)

    async def run() -> None:
        await database.check_answers(dsn, OWNER)
        await migrate_schema(dsn)

    until_interrupted(run())
    click.echo(f"The schema is at {newest_version()}.")


def _spare_the_collector() -> None:
    """Look for cycles seldom: models and tables live as long as we do, and a batch leaves none behind."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def _worker_may_start(settings: Settings) -> None:
    """Refuse what would fail later with less to read: also no broker, and a name in use."""
    await _may_start(settings, WORKER_ROLE)
    await broker.check_answers(streams_of(settings).connection())
    await _name_is_free(dsn_of(settings, WORKER_ROLE), settings)


async def _may_start(settings: Settings, role: str) -> None:
    """Refuse a missing key, a database that does not answer, an unknown schema, a key that opens nothing there."""
    master_key(settings, Home(settings.home))
    dsn = dsn_of(settings, role)
    await database.check_answers(dsn, role)
    await check_schema(dsn)
    await check_key(dsn, settings)


async def _name_is_free(dsn: str, settings: Settings) -> None:
    """Refuse a name whose holder renews its lease; one that a killed worker left runs out while we wait."""
    connection = await asyncpg.connect(dsn, timeout=10)
    lease = f"worker:{settings.worker}"
    try:
        held = await connection.fetchval("SELECT expires_at FROM leases WHERE name = $1 AND expires_at > now()", lease)
        if held is None:
            return
        if await _renewed(connection, lease, held, settings.engine.lease_s):
            raise LocalStackError(
                f"A worker named {settings.worker} is running. Stop it, or start this one with another --name."
            )
    finally:
        await connection.close()


async def _renewed(connection: asyncpg.Connection, lease: str, held: object, seconds: float) -> bool:
    """Return whether a lease is held for longer than it was, before it runs out."""
    deadline = asyncio.get_running_loop().time() + seconds + 1
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(seconds / 8)
        now = await connection.fetchval("SELECT expires_at FROM leases WHERE name = $1 AND expires_at > now()", lease)
        if now is None:
            return False
        if now != held:
            return True
    return True


COMMANDS = tuple(home_option(command) for command in (worker, portal, migrate))
