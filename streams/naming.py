"""A worker's name, held by a lease: two members of one name would both hold the same partitions on some brokers."""

import asyncio
import logging
import time
from dataclasses import dataclass

from streams.ports import Leases
from streams.trouble import STORE_TROUBLE

log = logging.getLogger(__name__)

PAUSE_S = 0.5


class WorkerNameTakenError(Exception):
    """Another worker of this name is alive; start this one under another name."""


class WorkerNameLostError(Exception):
    """This worker was silent so long that another may have taken its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerName:
    """The name of this process; `holder` tells it from every other process that ever had the name."""

    leases: Leases
    name: str
    holder: str
    seconds: float

    async def take(self) -> None:
        """Take the name; one that a killed process left behind falls free when its lease is over."""
        deadline = time.monotonic() + self.seconds + 1
        while not await self._asked():
            if time.monotonic() > deadline:
                raise WorkerNameTakenError(self.name)
            await asyncio.sleep(PAUSE_S)

    async def run(self) -> None:
        """Keep the name, also over an outage of the database, which is waited out; raise when it was lost."""
        while True:
            await asyncio.sleep(self.seconds / 4)
            try:
                kept = await self._asked()
            except STORE_TROUBLE as error:
                log.warning("the name cannot be kept for now: %s", type(error).__name__)
                continue
            if not kept:
                raise WorkerNameLostError(self.name)

    async def release(self) -> None:
        """Give the name back."""
        await self.leases.release([self._lease], self.holder)

    @property
    def _lease(self) -> str:
        return f"worker:{self.name}"

    async def _asked(self) -> bool:
        return bool(await self.leases.take([self._lease], self.holder, self.seconds))
