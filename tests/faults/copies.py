"""Copies of a running PostgreSQL: a backup that is put back, and a replica that takes over behind one address."""

import asyncio
import os
import shutil
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local.ports import HOST, free_port
from deploy.local.postgres import PostgresServer
from deploy.local.processes import PLAIN_ENVIRONMENT
from deploy.local.waiting import holds_within
from tests.faults.proxy import opened_proxy

STREAMS = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = $1"
PATIENCE_S = 60.0
FENCED_S = 3.0


async def backup_of(server, *options):
    """Copy the data of a server that goes on working into a folder of its own, and return where it lies."""
    installation = server._installation
    folder = Path(tempfile.mkdtemp(prefix="amends-copy-"))
    installation.hand_over(folder)
    account = installation.account
    process = await asyncio.create_subprocess_exec(
        str(installation.binaries / "pg_basebackup"),
        *("-D", str(folder / "cluster"), "-X", "stream", "-c", "fast", "-d", server.superuser_dsn, *options),
        env=dict(PLAIN_ENVIRONMENT),
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
        **({"user": account.uid, "group": account.gid, "extra_groups": ()} if account else {}),
    )
    _, told = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"pg_basebackup: {told.decode().strip()}")
    return folder


async def put_back(server, backup):
    """kill -9 to the server; its data is gone, and it starts on those of the backup."""
    await server.kill()
    await asyncio.to_thread(shutil.rmtree, server.data_dir)
    await asyncio.to_thread(shutil.move, backup / "cluster", server.data_dir)
    await asyncio.to_thread(shutil.rmtree, backup)
    await server.start()


class Pair:
    """Looks from outside like one PostgreSQL: one address leads to whichever of the two is the primary."""

    def __init__(self, primary, address, port):
        self._primary, self._address = primary, address
        self._replica, self.port = None, port
        self.log_path = primary.log_path

    def led(self, database):
        """The addresses of a database, by way of ours."""
        return replace(database, **{one.name: self._led(getattr(database, one.name)) for one in fields(database)})

    def _led(self, dsn):
        there = urlsplit(dsn)
        return there._replace(netloc=f"{there.netloc.rpartition(':')[0]}:{self.port}").geturl()

    async def start(self):
        """Make it whole: the first primary leads alone, whoever led before, and waits for nobody."""
        if self._replica is not None:
            await self._replica.kill()
            await asyncio.to_thread(shutil.rmtree, self._replica.data_dir.parent)
            self._replica = None
        await self._primary.start()
        await self._told("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
        await self._address.lead_to(HOST, self._primary.port)

    async def add_replica(self, *, waits):
        """A replica that streams; if the primary `waits`, no commit is told before the replica has it on disk."""
        folder = await backup_of(self._primary, "-R")
        installation = replace(self._primary._installation, folder=folder, pid_path=folder / "postgres.pid")
        self._replica = PostgresServer(installation, port=free_port(), log_path=self.log_path.with_name("replica.log"))
        await self._replica.start()
        if waits:
            await self._told("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")

        async def streams():
            return await self._counted("sync" if waits else "async")

        assert await holds_within(streams, PATIENCE_S), "the replica does not stream"

    async def part(self):
        """The replica hears no more of the primary."""
        await _execute(self._replica.superuser_dsn, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")

        async def parted():
            return not await self._counted("sync") and not await self._counted("async")

        assert await holds_within(parted, PATIENCE_S), "the replica still streams"

    async def fail_over(self):
        """kill -9 to the primary; the replica is promoted, and the address leads to it.

        Whether the old primary, started again by somebody, told a client that had its own address of a commit.
        """
        await self._primary.kill()
        await _execute(self._replica.superuser_dsn, "SELECT pg_promote()")
        await self._address.lead_to(HOST, self._replica.port)
        await self._primary.start()
        told = await self._old_primary_commits()
        await self._primary.kill()
        return told

    async def _old_primary_commits(self):
        with suppress(TimeoutError, asyncpg.PostgresError, OSError):
            async with asyncio.timeout(FENCED_S):
                await self._told("CREATE TABLE told_too_late ()")
                return True
        return False

    async def _counted(self, state):
        connection = await asyncpg.connect(self._primary.superuser_dsn)
        try:
            return await connection.fetchval(STREAMS, state)
        finally:
            await connection.close()

    async def _told(self, *statements):
        await _execute(self._primary.superuser_dsn, *statements)


async def _execute(dsn, *statements):
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        connection.terminate()  # a commit that waits for ever would be waited for


@asynccontextmanager
async def opened_pair(primary):
    """A primary behind an address; it has no replica until one is added."""
    async with opened_proxy(HOST, primary.port, os.getpid(), naming=b"-") as (address, port):
        pair = Pair(primary, address, port)
        try:
            yield pair
        finally:
            await pair.start()
