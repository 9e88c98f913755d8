"""What a test changes in its own worker process: mechanisms taken away, and faults put in. The product knows none."""

import asyncio
import os
import secrets
import signal
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

from streams.failpoints import Failpoints
from streams.relay import MOST, Relay, _in_batches
from streams.settings import StreamSettings
from streams.taking import Taker, shares_of
from tests.faults import patches_of_time, patches_of_version
from tests.faults.patching import WINDOW_S, replaced, rewritten
from workflow.handlers import office
from workflow.handlers.desk import Desk
from workflow.handlers.requests import Share
from workflow.ports import Position
from workflow.store import work
from workflow.store.failures import LOST
from workflow.store.keys import KeyedIds
from workflow.store.outbox import SqlOutbox

# Failpoints at which a process that is told so dies, each with the signal that tells it.
TOLD = {
    "after_publish_before_ack": signal.SIGRTMIN,
    "before_outbox_delete": signal.SIGRTMIN + 1,
    "after_mail_before_sent": signal.SIGRTMIN + 2,
}


def position_before_batch():
    """The position moves in a transaction of its own, before its batch is kept: at most once."""

    async def once(self, held, run):
        place = {"cluster": held.cluster, "topic": held.topic, "partition": held.partition}
        position = Position(**place, expected=held.position, read_to=run[-1].offset + 1)
        await self._office.handle_all([Share(tenant=run[0].tenant)], position=position)
        held.position = position.read_to
        await asyncio.sleep(WINDOW_S)  # a kill must be able to fall between the two
        await self._office.handle_all(shares_of(run))

    replaced(Taker, "_once", once)


def outbox_before_ack():
    """The relay forgets records before the broker has them."""

    async def sweep(self, producer, lanes, pages):
        held = await self.shards.held()
        waiting = await self.outbox.left(pages.starts(held), MOST)
        records = [record for shard in waiting for record in waiting[shard]]
        await self.outbox.remove({shard: held[shard] for shard in waiting}, records)
        if any(one.part == 0 for one in records):  # a lost receipt would be asked for again, a lost fact never
            self.fail_at("before_outbox_delete")
        for (topic, partition), group in (await _in_batches(producer, records)).items():
            await self._send(producer, topic, partition, group)
        return len(records)

    replaced(Relay, "sweep", sweep)


def acks_of_one():
    """The relay takes a record for safe once the leader alone has it; it says so, since only then harm can be done."""
    producing, send = StreamSettings.producing, Relay._send

    def hasty(self):
        return {**producing(self), "acks": 1, "enable_idempotence": False}

    async def saying(self, *sent):
        records = await send(self, *sent)
        if records:
            print("acknowledged by one", flush=True)
        return records

    replaced(StreamSettings, "producing", hasty)
    replaced(Relay, "_send", saying)


def no_fence():
    """A position moves whoever moves it, and wherever it stands."""
    rewritten("MOVE_POSITION", "WHERE o.position = $4", "WHERE $4::bigint IS NOT NULL")


def commit_by_exception():
    """A lost answer to COMMIT is taken for a yes, and nobody asks SQL: no reload, no compare-and-set."""

    @asynccontextmanager
    async def surely_kept():
        try:
            yield
        except LOST:
            return

    replaced(work, "perhaps_kept", surely_kept)
    no_fence()


def late_commits():
    """Every third transaction keeps all it has to keep and commits a while later, when others have overtaken it."""
    write, written = work.SqlWork._write, count(1)

    async def lingering(self, batch):
        await write(self, batch)
        if next(written) % 3 == 0:
            await asyncio.sleep(WINDOW_S)

    replaced(work.SqlWork, "_write", lingering)


def outbox_by_cursor():
    """The outbox is read on from the last row that was seen: what commits late is passed over."""
    left, known, last = SqlOutbox.left, set(), [datetime.min.replace(tzinfo=UTC)]

    async def after(self, shards, most):
        rows = await self._pool.fetch("SELECT * FROM outbox WHERE queued_at > $1 ORDER BY queued_at", last[0])
        known.update((row["case_id"], row["sequence"], row["part"]) for row in rows)
        last[0] = max((row["queued_at"] for row in rows), default=last[0])
        waiting = await left(self, shards, most)
        return {
            shard: [one for one in records if (one.case_id, one.sequence, one.part) in known]
            for shard, records in waiting.items()
        }

    replaced(SqlOutbox, "left", after)


def linger_with_a_batch():
    """The second batch stays in hand until a signal comes, while everything else goes on."""
    take, taken, told = Taker.take, count(1), asyncio.Event()

    async def lingering(self, held, records, directory):
        if next(taken) == 2:
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, told.set)
            to = records[-1].place.offset + 1
            print(f"a batch in hand of {held.topic} {held.partition} {to} ", flush=True)
            await told.wait()
        await take(self, held, records, directory)

    replaced(Taker, "take", lingering)


def no_memory():
    """Message ids are forgotten, and a case is not known again by its id."""

    async def seen(self, keys):
        return {}

    derive, made = KeyedIds.derive, set()

    def derived(self, kind, *parts):
        again = kind == "case" and parts in made
        made.add(parts)
        return derive(self, kind, *parts, *((secrets.token_hex(8),) if again else ()))

    replaced(work.SqlWork, "seen", seen)
    replaced(KeyedIds, "derive", derived)
    rewritten("KEEP_ANSWERS", "WHERE m.disposition = 'rejected'", "")


def nothing_set_aside():
    """What cannot be taken is passed over."""

    async def set_aside(self, quarantined):
        del self, quarantined

    replaced(Desk, "set_aside", set_aside)


def handlers_raise():
    """A handler that raises every time for a sending whose number says so."""

    def raising(handler):
        async def handle(desk, request, seen):
            if request.sending.startswith("raises-"):
                raise LookupError(request.sending)
            return await handler(desk, request, seen)

        return handle

    office.receive, office.execute = raising(office.receive), raising(office.execute)


def freeze_at_failpoints():
    """A failpoint stops the process, as SIGSTOP does, and does not kill it."""
    Failpoints.__init__.__kwdefaults__["die"] = lambda: os.kill(os.getpid(), signal.SIGSTOP)


def die_when_told():
    """A signal that stands for a point of `TOLD` has the process die at its next pass; a second one takes that back."""
    passing, told = Failpoints.__call__, set()

    def called(self, name):
        if name in told:
            os.kill(os.getpid(), signal.SIGKILL)
        passing(self, name)

    for name, number in TOLD.items():
        signal.signal(number, lambda *_, name=name: told.symmetric_difference_update({name}))
    Failpoints.__call__ = called


def freeze_before_taking():
    """The process stops with its second batch in hand, before it opens a transaction."""
    take, taken = Taker.take, []

    async def stopping(self, held, records, directory):
        taken.append(held)
        if len(taken) == 2:
            os.kill(os.getpid(), signal.SIGSTOP)
        await take(self, held, records, directory)

    replaced(Taker, "take", stopping)


PATCHES: Mapping[str, Callable[[], None]] = {
    patch.__name__: patch
    for patch in (
        *(position_before_batch, outbox_before_ack, no_fence, commit_by_exception, no_memory, nothing_set_aside),
        *(handlers_raise, freeze_at_failpoints, freeze_before_taking, die_when_told),
        *(patches_of_time.fired_unjudged, patches_of_time.fired_apart, patches_of_version.second_version),
        *(acks_of_one, late_commits, outbox_by_cursor, linger_with_a_batch),
    )
}
