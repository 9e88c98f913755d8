"""`make load`: people click, agencies post, a worker is killed in the middle, every acknowledgement is checked."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg

from deploy.local.ports import HOST, free_port
from deploy.local.waiting import holds_within
from deploy.settings import PortalSettings, environment_of
from deploy.stack.children import database_now, portal_ready, worker_ready
from deploy.stack.reference import put_starting_data
from tests.bench.meter import cpu_seconds
from tests.builders.ground import CLOCK, READY_S, standing
from tests.load.judging import acknowledged, rows_of, table, verdict
from tests.load.scheme import organisations, plan, starting_data
from workflow.store.keys import MasterKeys

LOCUST = Path(__file__).with_name("locustfile.py")
TELL_EVERY_S = 15.0
REST_S = 60.0
USERS, SPAWNED_A_SECOND = 48, 1
KEPT = "SELECT source, message_id FROM messages"


async def run(minutes, locust, folder):
    """Run the load and return whether it passes."""
    async with standing(organisations()) as ground, AsyncExitStack() as opened:
        keys = MasterKeys(bytes.fromhex(ground.settings.master_key.get_secret_value()))
        await put_starting_data(ground.database.worker, keys, starting_data(), CLOCK)
        (folder / "plan.json").write_text(json.dumps(plan(folder / "ledger.jsonl", seed=1)), encoding="utf-8")
        url, portal = await opened.enter_async_context(_portal(ground))
        clients = await opened.enter_async_context(_clients(locust, url, folder, minutes))
        await _watched(clients, folder / "ledger.jsonl", until_s=minutes * 30)
        again = await _killed_and_started(ground)
        opened.push_async_callback(again.kill)
        await _watched(clients, folder / "ledger.jsonl")
        print(f"CPU of the portal since its start: {cpu_seconds(portal):.1f} s")
        return await _judged(ground, folder)


@asynccontextmanager
async def _portal(ground):
    port = free_port()
    settings = ground.settings.model_copy(update={"portal": PortalSettings(port=port)})
    portal = ground.start("portal", "deploy.cli", "portal", environment=environment_of(settings))
    try:
        url = f"http://{HOST}:{port}"
        await portal.wait_ready(portal_ready(url), seconds=READY_S)
        print(f"portal: {url}, process {portal.pid}", flush=True)
        yield url, portal.pid
    finally:
        await portal.kill()


@asynccontextmanager
async def _clients(locust, url, folder, minutes):
    told = ("--headless", "--only-summary", "--stop-timeout", "10", "--csv", folder / "locust", "-f", LOCUST)
    told += ("-H", url, "-u", USERS, "-r", SPAWNED_A_SECOND, "-t", f"{round(minutes * 60)}s")
    environment = {"PATH": os.defpath, "AMENDS_LOAD_PLAN": str(folder / "plan.json")}
    with (folder / "locust.log").open("wb") as log:
        clients = await asyncio.create_subprocess_exec(
            *map(str, (locust, *told)), env=environment, stdout=log, stderr=log
        )
        try:
            yield clients
        finally:
            if clients.returncode is None:
                clients.kill()
                await clients.wait()


async def _watched(clients, ledger, until_s=float("inf")):
    """Say how it goes until the clients are done, or so many seconds have passed."""
    begun = time.monotonic()
    while clients.returncode is None and time.monotonic() - begun < until_s:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(clients.wait(), min(TELL_EVERY_S, until_s))
        kept = len(acknowledged(ledger)) if ledger.exists() else 0
        passed = time.monotonic() - begun
        print(f"{passed:4.0f} s: {kept} actions acknowledged; load average {os.getloadavg()[0]:.1f}", flush=True)


async def _killed_and_started(ground):
    """Kill -9 the worker and start another of its name; return it once it is at work."""
    await ground.worker.kill()
    begun, since = time.monotonic(), await database_now(ground.database.superuser)
    worker = ground.start("worker", "deploy.cli", "worker", environment=environment_of(ground.settings))
    await worker.wait_ready(worker_ready(ground.database.superuser, since), seconds=READY_S)
    print(f"worker killed; the next is at work {time.monotonic() - begun:.1f} s later", flush=True)
    return worker


async def _judged(ground, folder):
    connection = await asyncpg.connect(ground.database.superuser)
    try:
        rested = await holds_within(lambda: _published(connection), REST_S)
        kept = {tuple(row) for row in await connection.fetch(KEPT)}
    finally:
        await connection.close()
    told = acknowledged(folder / "ledger.jsonl")
    rows = rows_of(folder / "locust_stats.csv")
    sentences, passes = verdict(told - kept, rows)
    print(table(rows), *sentences, sep="\n")
    print(f"acknowledged: {len(told)}; all of it published: {'yes' if rested else 'no'}")
    return passes and rested


async def _published(connection):
    return not await connection.fetchval("SELECT count(*) FROM outbox")


def main():
    """Parse, run, and exit with 1 if anything acknowledged is missing."""
    asked = argparse.ArgumentParser(prog="make load")
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--locust", type=Path, default=Path(".venv-load/bin/locust"))
    asked.add_argument("--folder", type=Path, default=Path(".load"))
    options = asked.parse_args()
    options.folder.mkdir(exist_ok=True)
    for old in options.folder.iterdir():
        old.unlink()
    sys.exit(0 if asyncio.run(run(options.minutes, options.locust, options.folder.absolute())) else 1)


if __name__ == "__main__":
    main()
