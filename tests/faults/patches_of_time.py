"""What is taken away of timers: the look at the clock, and the one transaction of firing and removal."""

import asyncio

from streams.timekeeper import Timekeeper
from tests.faults.patching import WINDOW_S, replaced, rewritten
from workflow.store import keeping
from workflow.store import statements as sql
from workflow.store.columns import columns


def fired_unjudged():
    """A timer that is there is fired, whatever the clock says by then."""
    rewritten("TAKE_FIRED", "AND t.due_at <= $5", "AND $5::timestamptz IS NOT NULL")


def fired_apart():
    """What was fired is removed in a transaction of its own, a while later."""
    fire = Timekeeper._fire

    async def kept_there(connection, batch, now):
        del connection, batch, now

    async def fired(self, tenant, due):
        taken = await fire(self, tenant, due)
        print("fired, and not removed", flush=True)
        await asyncio.sleep(WINDOW_S * 5)
        given = [(one.timer.case_id, one.timer.name, one.timer.generation) for one in due]
        await self.timers._pool.fetch(sql.TAKE_FIRED, tenant, *columns(given, 3), await self.clock.now())
        return taken

    replaced(keeping, "_take_fired", kept_there)
    replaced(Timekeeper, "_fire", fired)
