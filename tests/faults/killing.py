"""Kills one part after another by a draw, starts it again, and measures how long it takes until work goes on."""

import asyncio
import os
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.waiting import holds_within
from schemas import topics
from tests.faults.causing_database import crash
from tests.faults.patches import TOLD

NAMES = ("one", "two")
PATIENCE_S = 60.0
# So long a process that was told to die in the middle of something may not come to it.
COMES_TO_IT_S = 15.0
LONGEST_PAUSE_S = 0.3
HASTY = 0.65
# Every look asks database and broker, and takes of the two what the others need to come back.
LOOK_S = 0.1
COUNTERS = """
SELECT ARRAY(SELECT coalesce(o.position, 0) FROM generate_series(0, 2) AS n
             LEFT JOIN offsets o ON o.topic = 'case.commands' AND o.partition = n ORDER BY n) AS read,
       ARRAY[(SELECT count(*) FROM deliveries)] AS mailed,
       extract(epoch FROM clock_timestamp()) AS now,
       (SELECT extract(epoch FROM min(queued_at)) FROM outbox) AS oldest
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is killed: how often beside the others, and what must grow before work goes on."""

    weight: int
    needs: tuple[str, ...]


KINDS = {
    "worker": Kind(weight=8, needs=("read", "published", "drained")),
    "relay": Kind(weight=4, needs=("read", "published", "drained")),
    "notifier": Kind(weight=2, needs=("read", "mailed")),
    "portal": Kind(weight=4, needs=("answered",)),
    "broker": Kind(weight=1, needs=("read", "published", "drained")),
    "database": Kind(weight=2, needs=("read", "published", "drained", "answered")),
}


class StuckError(Exception):
    """After a kill nothing went on for so long that it never will."""


def schedule(drawn):
    """Every kind once, in a drawn order; then kinds by their weights, for ever. True: do not wait before the next."""
    yield from ((kind, False) for kind in drawn.sample(list(KINDS), len(KINDS)))
    weights = [kind.weight for kind in KINDS.values()]
    while True:
        yield drawn.choices(list(KINDS), weights)[0], drawn.random() < HASTY


class Killer:
    """`kills` and `missed` count by kind; `times` are seconds by kind; `exits` are workers that ended by themselves."""

    def __init__(self, scene, callers, drawn):
        self._scene, self._callers, self._drawn = scene, callers, drawn
        self._portal = callers[0].portal
        self.kills, self.missed, self.times, self.exits = Counter(), Counter(), defaultdict(list), 0

    async def start(self):
        """Start the workers, and wait until they are at work."""
        before = await self._counters()
        await self._revived()
        await self._goes_on(before, ("read", "published"))

    async def kill(self, kind, *, hasty):
        """Kill one part and start it again; unless it is `hasty`, wait until work goes on, and a while."""
        self.exits += await self._revived()
        at = await KILLS[kind](self)
        if at is None:
            self.missed[kind] += 1
            return
        self.kills[kind] += 1
        before = await self._counters()
        await self._revived()
        if not hasty:
            await self._goes_on(before, KINDS[kind].needs)
            self.times[kind].append(round(time.monotonic() - at, 2))
            await asyncio.sleep(self._drawn.random() * LONGEST_PAUSE_S)

    async def kill_worker(self):
        """kill -9 of a drawn worker, wherever it is."""
        at = time.monotonic()
        await self._scene.workers.kill(self._drawn.choice(NAMES))
        return at

    async def kill_relay(self):
        """kill -9 of a worker between what its relay sent and what it forgets."""
        return await self._dies_at(self._drawn.choice(("after_publish_before_ack", "before_outbox_delete")))

    async def kill_notifier(self):
        """kill -9 of a worker between a message that left and the note of it."""
        return await self._dies_at("after_mail_before_sent")

    async def kill_portal(self):
        """kill -9 of the portal, with requests in hand."""
        at = time.monotonic()
        await self._portal.kill()
        return at

    async def kill_broker(self):
        """kill -9 of the broker; it comes back with what it had."""
        at = time.monotonic()
        await self._scene.rig.broker.kill()
        await self._scene.rig.broker.start()
        return at

    async def kill_database(self):
        """kill -9 of PostgreSQL; it comes back with what it had."""
        at = time.monotonic()
        await crash(self._scene)
        return at

    async def _dies_at(self, point):
        """Tell all workers to die there; whoever does so first is the one, and the others need not any more."""
        told = self._tell(NAMES, TOLD[point])

        async def died():
            return not set(told) <= set(self._scene.workers.alive())

        came = bool(told) and await holds_within(died, COMES_TO_IT_S)
        at = time.monotonic()
        self._tell(told, TOLD[point])
        return at if came else None

    def _tell(self, names, number):
        """Signal those workers that run and listen for it by now, and return them."""
        told = {
            name: pid for name, pid in self._scene.workers.alive().items() if name in names and _listens(pid, number)
        }
        for pid in told.values():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return list(told)

    async def _revived(self):
        """Start whatever does not run; how many workers that were."""
        if not self._portal.running:
            await self._portal.start()
        gone = [name for name in NAMES if name not in self._scene.workers.alive()]
        for name in gone:
            await self._scene.workers.start(name)
        return len(gone)

    async def _counters(self):
        row = await self._scene.database.fetchrow(COUNTERS)
        return {
            "read": row["read"],
            "mailed": row["mailed"],
            "drained": [row["now"] if row["oldest"] is None else row["oldest"]],
            "published": [sum((await self._scene.ends((topics.CASE_EVENTS,))).values())],
            "answered": [sum(one.received for one in self._callers)],
            "now": [row["now"]],
        }

    async def _goes_on(self, before, needs):
        """Wait until all that is needed has grown; what waited in the outbox before is out when all is younger."""
        before = {**before, "drained": before["now"]}

        async def goes_on():
            await asyncio.sleep(LOOK_S)
            self.exits += await self._revived()
            now = await self._counters()
            return all(new > old for name in needs for old, new in zip(before[name], now[name], strict=True))

        if not await holds_within(goes_on, PATIENCE_S):
            raise StuckError(", ".join(needs))


def _listens(pid, number):
    """Whether a process has a handler for a signal, which would end it otherwise; none that died a moment ago has."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    caught = next(line.split()[1] for line in lines if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (number - 1) & 1)


KILLS = {
    "worker": Killer.kill_worker,
    "relay": Killer.kill_relay,
    "notifier": Killer.kill_notifier,
    "portal": Killer.kill_portal,
    "broker": Killer.kill_broker,
    "database": Killer.kill_database,
}
