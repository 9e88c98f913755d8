"""The composition root: store, handlers and streams joined; nothing below knows who joined it."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import asyncpg
import faust

from deploy.calendar import govuk_calendar
from deploy.local.home import Home
from deploy.secret_keys import master_key
from deploy.settings import Settings
from schemas import topics
from streams.app import Run, create_app
from streams.failpoints import Failpoints
from streams.jobs import Jobs
from streams.mailing import Postbox
from streams.naming import WorkerName
from streams.notifier import Notifier
from streams.relay import Relay
from streams.shards import HeldShards
from streams.source import BatchSource, Parts
from streams.taking import Taker
from streams.timekeeper import Timekeeper
from streams.waking import Wakes
from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.schemes import packaged_schemes
from workflow.store.audit import SqlAudit
from workflow.store.consulting import SqlConsultations
from workflow.store.holding import SqlLeases, SqlPositions, SqlRegister
from workflow.store.keys import KeyedIds, MasterKeys
from workflow.store.mailbox import SqlMailbox
from workflow.store.outbox import SqlOutbox
from workflow.store.outcomes import SqlOutcomes
from workflow.store.pools import worker_pool
from workflow.store.rows import SHARDS
from workflow.store.sql_store import SqlClock, SqlStore
from workflow.store.timers import SqlTimers
from workflow.store.waking import WAKE_CHANNEL, Wake

WORKER_ROLE = "amends_worker"


def master_keys(settings: Settings) -> MasterKeys:
    """Return the master key that the settings name; the one in the home where the database is our own."""
    return MasterKeys(master_key(settings, Home(settings.home)))


def rulebook() -> Rulebook:
    """Return the packaged schemes with the published bank holidays."""
    return Rulebook(schemes=packaged_schemes(), calendar=govuk_calendar())


def build_office(settings: Settings, pool: asyncpg.Pool, *, fail_at: Callable[[str], None] = lambda _: None) -> Office:
    """Join store and rules to the one path that every input takes."""
    keys = master_keys(settings)
    return Office(store=SqlStore(pool, keys, fail_at=fail_at), book=rulebook(), ids=KeyedIds(keys), fail_at=fail_at)


def build_worker(settings: Settings) -> faust.App:
    """Return the worker: Faust hosting source, relay, timekeeper and notifier. Nothing is opened before it starts."""
    return create_app(settings.streams(), lambda: worker_crew(settings))


@asynccontextmanager
async def worker_crew(settings: Settings) -> AsyncIterator[Mapping[str, Run]]:
    """Open what a worker needs, take its name, and yield everything that runs until it stops."""
    streams = settings.streams()
    dsn = settings.dsn(WORKER_ROLE)
    holder = f"{streams.worker}:{secrets.token_hex(4)}"
    async with worker_pool(dsn, least=2, most=settings.engine.pool, timeout_s=30) as pool:
        name = WorkerName(leases=SqlLeases(pool), name=streams.worker, holder=holder, seconds=streams.lease_s)
        await name.take()
        crew = Hands(settings, pool, holder)
        try:
            yield {"name": name.run, **crew.runs()}
        finally:
            await crew.release()
            await name.release()


class Hands:
    """The parts of one worker on one pool."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, holder: str) -> None:
        self._settings = settings
        self._streams = settings.streams()
        self._pool = pool
        self._holder = holder
        self._fail_at = Failpoints(self._streams.failpoint, allowed=self._streams.failpoints_allowed)
        self._office = build_office(settings, pool, fail_at=self._fail_at)
        self._clock = SqlClock(pool)
        self._wakes = Wakes(lambda: asyncpg.connect(settings.dsn(WORKER_ROLE), timeout=10), WAKE_CHANNEL)
        self._relayed, self._kept_time = self._shards("relay"), self._shards("timekeeper")
        self._working = HeldShards("jobs", SqlLeases(pool), holder, self._streams.lease_s, (0,))

    def runs(self) -> Mapping[str, Run]:
        """Return everything that runs, by name."""
        return {
            "wakes": self._wakes.run,
            "source": self._source().run,
            "relay": self._relay().run,
            "timekeeper": self._timekeeper().run,
            "notifier": self._notifier().run,
            "jobs": self._jobs().run,
        }

    async def release(self) -> None:
        """Give the shards back."""
        await self._relayed.release()
        await self._kept_time.release()
        await self._working.release()

    def _source(self) -> BatchSource:
        return BatchSource(
            Parts(
                settings=self._streams,
                taker=Taker(self._office, self._clock, self._office.ids),
                positions=SqlPositions(self._pool),
                register=SqlRegister(self._pool),
                fail_at=self._fail_at,
            )
        )

    def _notifier(self) -> BatchSource:
        notifier = Notifier(
            store=self._office.store,
            mailbox=SqlMailbox(self._pool),
            consultations=SqlConsultations(self._pool),
            book=self._office.book,
            clock=self._clock,
            postbox=Postbox(self._streams.mail) if self._streams.mail else None,
            fail_at=self._fail_at,
        )
        return BatchSource(
            Parts(
                settings=self._streams,
                taker=notifier,
                positions=SqlPositions(self._pool),
                register=SqlRegister(self._pool),
                fail_at=self._fail_at,
                reads="notifier",
                fixed=(topics.NOTICES_AFFECTED_PERSON, topics.NOTICES_PARTICIPANT),
            )
        )

    def _jobs(self) -> Jobs:
        return Jobs(
            book=self._office.book,
            ids=self._office.ids,
            outcomes=SqlOutcomes(self._pool),
            audit=SqlAudit(self._pool, master_keys(self._settings), self._streams.checkpoint_file),
            register=SqlRegister(self._pool),
            shards=self._working,
            clock=self._clock,
            waker=self._wakes.waiter(Wake.CLOCK),
            checkpoint_minutes=self._streams.checkpoint_minutes,
        )

    def _relay(self) -> Relay:
        return Relay(
            settings=self._streams,
            outbox=SqlOutbox(self._pool),
            shards=self._relayed,
            waker=self._wakes.waiter(Wake.RECORDS),
            fail_at=self._fail_at,
        )

    def _timekeeper(self) -> Timekeeper:
        return Timekeeper(
            office=self._office,
            timers=SqlTimers(self._pool),
            shards=self._kept_time,
            clock=self._clock,
            waker=self._wakes.waiter(Wake.TIMERS, Wake.CLOCK),
            longest_wait_s=self._streams.sweep_s,
            fail_at=self._fail_at,
        )

    def _shards(self, kind: str) -> HeldShards:
        return HeldShards(kind, SqlLeases(self._pool), self._holder, self._streams.lease_s, tuple(range(SHARDS)))
