"""Mechanisms taken away for a while: those of the product as the fault experiments do it, those of SQL in the fakes."""

from contextlib import contextmanager

from streams.waking import Waiter
from tests.fakes import store_keeping
from tests.fakes.store import FakeWork
from tests.fakes.stream_ports import FakeMailbox
from tests.faults import patches
from tests.simulation.database import FarWork
from workflow.ports import AmbiguousCommitError


@contextmanager
def without(name):
    """Take a mechanism away, and give it back."""
    undo = []

    def replace(owner, attribute, new):
        undo.append((owner, attribute, getattr(owner, attribute)))
        setattr(owner, attribute, new)

    replace(patches, "replaced", replace)
    try:
        MECHANISMS[name](replace)
        yield
    finally:
        for owner, attribute, old in reversed(undo):
            setattr(owner, attribute, old)


def _fence(replace):
    """A position moves whoever moves it, and wherever it stands."""
    replace(store_keeping, "_check_position", lambda kept, position: None)
    replace(FakeMailbox, "_move", _moved)


def _moved(mailbox, position):
    if position is not None:
        place = (position.cluster, position.topic, position.partition)
        mailbox._kept.offsets[place] = position.read_to


def _asking_sql(replace):
    """A lost answer to COMMIT is taken for a yes."""
    keep = FarWork.keep

    async def surely_kept(work, *batches):
        try:
            await keep(work, *batches)
        except AmbiguousCommitError:
            return

    replace(FarWork, "keep", surely_kept)


def _memory(replace):
    """Message ids are forgotten."""

    async def seen(work, keys):
        return {}

    replace(FakeWork, "seen", seen)
    replace(store_keeping, "_check_messages", lambda kept, batch: None)


def _version_guard(replace):
    """A case is written whatever it was decided on."""
    replace(store_keeping, "_check_versions", lambda kept, batch: None)


def _claim_guard(replace):
    """A place is taken whoever has it."""

    def taken(kept, batch):
        claimed = store_keeping.net_places(batch.cases)
        return kept.places | {
            (batch.tenant, slot, place): case for (slot, place, case), change in claimed.items() if change > 0
        }

    replace(store_keeping, "_places_after", taken)


def _sweep(replace):
    """Who waits is woken, or waits for ever."""

    async def wait(waiter, seconds):
        await waiter.event.wait()
        waiter.event.clear()

    replace(Waiter, "wait", wait)


MECHANISMS = {
    "one transaction": lambda _: patches.position_before_batch(),
    "removal after acknowledgement": lambda _: patches.outbox_before_ack(),
    "fence": _fence,
    "asking SQL": _asking_sql,
    "memory": _memory,
    "version guard": _version_guard,
    "claim guard": _claim_guard,
    "sweep": _sweep,
}
