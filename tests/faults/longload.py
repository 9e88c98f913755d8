"""The load of the long run: referrals by topic and by HTTP, providers' commands by topic, caseworkers' by HTTP."""

import asyncio
import json
from dataclasses import replace

import asyncpg

from schemas.vocabulary import ActivityKind
from tests.faults.forms import DESK_SOURCE
from tests.faults.letters import AGENCY, TENANT, lives
from tests.faults.places import a_slot
from tests.faults.scene import PLACES, SLOTS
from workflow.store.reference import Reference

AT_ONCE = 24
WANTED = 40


class Steady:
    """Begins one life after another at a pace, until it is told that it is enough."""

    def __init__(self, scene, forms, desk):
        self._senders, self._forms, self._desk = scene.senders, forms, desk
        self._places = asyncio.Semaphore(AT_ONCE)
        self._enough = asyncio.Event()
        self._lives = lives(scene.seed, 20_000, lambda id_: scene.ids.derive("case", TENANT, AGENCY, id_), WANTED)
        self.begun = 0

    def enough(self):
        """No more lives begin; those that began go on to their ends."""
        self._enough.set()

    async def go_on(self, pace_s):
        """Live until it is enough, and all that began have ended."""
        async with asyncio.TaskGroup() as group:
            for life in self._lives:
                await self._places.acquire()
                if self._enough.is_set():
                    break
                group.create_task(self._live(self.begun, life))
                self.begun += 1
                await asyncio.sleep(pace_s)

    async def _live(self, number, life):
        """Every second referral goes by HTTP, and of either kind every second's commands."""
        refer = self._refer if number % 2 else self._senders.send_until_receipted
        send = self._ask if number // 2 % 2 else self._senders.send
        try:
            await refer(life.referral)
            for command in life.commands:
                await send(command)
        finally:
            self._places.release()

    async def _refer(self, letter):
        self._senders.note(letter)
        self._senders.ledger.receipted(letter.source, letter.number, await self._forms.receipt(letter))

    async def _ask(self, command):
        letter, body = replace(command, source=DESK_SOURCE), json.loads(command.value)
        self._senders.note(letter)
        asked = {"type": body["type"], "data": body["data"]}
        became = await self._desk.command(letter, body["case_id"], asked)
        self._senders.ledger.receipted(letter.source, letter.number, became)


async def put_wanted_slots(scene):
    """Put so many slots there, each with too few places, that there is something to contend for to the end."""
    more = [a_slot(f"slot-{n}", n % SLOTS, PLACES, ActivityKind.ASB_WORKSHOP) for n in range(SLOTS, WANTED)]
    async with asyncpg.create_pool(scene.rig.database.worker, min_size=1, max_size=1) as pool:
        await Reference(pool).put_slots(TENANT, more)
