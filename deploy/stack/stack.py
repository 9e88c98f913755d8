"""The whole system on this machine: started in order, watched over, stopped in order."""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial
from typing import Any, Self

import asyncpg
from pydantic import SecretStr

from deploy.local.home import Home
from deploy.local.pid_files import stop_leftovers
from deploy.local.ports import HOST, claim_port
from deploy.secret_keys import keep_master_key, master_key
from deploy.settings import Settings, environment_of
from deploy.stack.broker import Broker, EmbeddedBroker, OthersBroker
from deploy.stack.children import READY_S, Child, database_now, portal_ready, worker_ready
from deploy.stack.database import Database, EmbeddedDatabase, NamedDatabase, bring_up
from deploy.stack.holding import HomeLock, Note
from deploy.stack.options import Part, StackEvent, StackOptions
from deploy.stack.records import make_topics, refill_topics
from deploy.stack.supervision import Supervisor, Watched

WORKER_ROLE = "amends_worker"
WORKER_GRACE_S = 1.0


class Stack:
    """Database, broker, worker and portal of one home. `async with Stack(home) as stack:` runs it."""

    def __init__(self, home: Home, settings: Settings, options: StackOptions | None = None) -> None:
        self.home = home
        self._named = settings
        self.options = options or StackOptions()
        self.portal_url = ""
        self._lock = HomeLock(home)
        self._supervision: asyncio.Task[None] | None = None
        self._port = 0
        self._parts: Mapping[Part, Database | Broker | Child] = {}
        self._starts = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Bring everything up and return once it works; what a broken-off start began is stopped again."""
        self._lock.take()
        try:
            self._port = claim_port(self.options.port, "the pages")
            self.portal_url = f"http://{HOST}:{self._port}"
            self._gather_parts()
            await stop_leftovers(self.home)
            await self._start_parts()
        except BaseException:
            await self.stop()
            raise
        self._supervision = asyncio.create_task(self._supervisor().run())

    async def stop(self) -> None:
        """Stop everything in order; nothing that was receipted is lost. May be called again."""
        if not self._lock.taken:
            return
        if self._supervision is not None:
            self._supervision.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervision
            self._supervision = None
        Note.of(self.home).remove()
        try:
            if self._parts:
                await asyncio.gather(self._portal.stop(), self._worker.stop())
                await self._broker.stop()
                await self._database.stop()
        finally:
            self._lock.release()

    async def kill(self, part: Part | str) -> None:
        """SIGKILL to a part, as a crash would; the stack brings it back."""
        await self._parts[Part(part)].kill()

    def running(self, part: Part | str) -> bool:
        """Whether a part's process runs now."""
        return self._parts[Part(part)].running

    def broker_options(self) -> dict[str, Any]:
        """Return the options with which aiokafka's clients connect now; another address after a broker's death."""
        return dict(self._broker.client_options())

    def dsn(self, role: str) -> str:
        """Return the database's address for a role."""
        return self._database.dsns()[role]

    def settings(self) -> Settings:
        """Return the settings under which worker and portal run now: addresses, keys, port."""
        return self._named.model_copy(
            update={
                "home": self.home.path,
                "database": dict(self._database.dsns()),
                "kafka": self._broker.settings(),
                "master_key": SecretStr(self._master.hex()),
                "portal": self._named.portal.model_copy(update={"port": self._port}),
            }
        )

    def _gather_parts(self) -> None:
        named, home = self._named, self.home
        if self.options.master_key:
            keep_master_key(home, self.options.master_key)
        self._master = self.options.master_key or master_key(named, home)
        self._database: Database = NamedDatabase(named.database) if named.database else EmbeddedDatabase(home)
        self._broker: Broker = OthersBroker(named.kafka) if named.kafka else EmbeddedBroker(home)
        self._worker = Child("worker", home, self._worker_environment)
        self._portal = Child("portal", home, self._portal_environment)
        self._parts = {
            Part.POSTGRES: self._database,
            Part.BROKER: self._broker,
            Part.WORKER: self._worker,
            Part.PORTAL: self._portal,
        }

    async def _start_parts(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(bring_up(self._database))
            group.create_task(self._broker.start())
        self._tell(Part.POSTGRES, "started")
        self._tell(Part.BROKER, "started")
        await self.options.prepare(self._database.dsns())
        await self._fill_broker()
        await self._start_children()
        self._write_note()

    async def _fill_broker(self) -> str:
        """Make the topics; an embedded broker, which begins empty, gets back what was published before."""
        settings = self.settings().streams()
        async with asyncpg.create_pool(self.dsn(WORKER_ROLE), min_size=1, max_size=4) as pool:
            await make_topics(settings, pool)
            if not settings.is_tansu:
                return ""
            return f"{await refill_topics(pool)} records to publish again"

    async def _start_children(self) -> None:
        since = await database_now(self.dsn(WORKER_ROLE))
        worker, portal = self._worker.start(), self._portal.start()
        await worker.wait_ready(worker_ready(self.dsn(WORKER_ROLE), since), seconds=READY_S)
        self._tell(Part.WORKER, "started")
        await portal.wait_ready(portal_ready(self.portal_url), seconds=READY_S)
        self._tell(Part.PORTAL, "started")

    def _supervisor(self) -> Supervisor:
        mends = {
            Part.POSTGRES: self._mend_database,
            Part.BROKER: self._mend_broker,
            Part.WORKER: self._mend_worker,
            Part.PORTAL: self._mend_portal,
        }
        watched = (Watched(part, partial(self.running, part), mend) for part, mend in mends.items())
        return Supervisor(tuple(watched), self.options.on_event)

    async def _mend_database(self) -> str:
        await self._database.start()
        return ""

    async def _mend_broker(self) -> str:
        # The worker holds positions and an address of a log that is gone.
        await self._worker.stop(grace=WORKER_GRACE_S)
        await self._broker.start()
        note = await self._fill_broker()
        self._worker.start()
        self._write_note()
        return note

    async def _mend_worker(self) -> str:
        self._worker.start()
        return ""

    async def _mend_portal(self) -> str:
        self._portal.start()
        return ""

    def _worker_environment(self) -> Mapping[str, str]:
        # A name of its own at every start: the lease of one that was killed has yet to expire.
        self._starts += 1
        settings = self.settings()
        named = settings.model_copy(update={"worker": f"{settings.worker}-{self._starts}"})
        return {**environment_of(named), **self.options.environment}

    def _portal_environment(self) -> Mapping[str, str]:
        return {**environment_of(self.settings()), **self.options.environment}

    def _write_note(self) -> None:
        Note.of(self.home).write(self.settings())

    def _tell(self, part: Part, what: str) -> None:
        self.options.on_event(StackEvent(part=part, what=what))
