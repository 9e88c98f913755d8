"""Watches over running parts: what died is mended, sooner the first time than the fifth."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

import asyncpg
from aiokafka.errors import KafkaError

from deploy.local.errors import LocalStackError
from deploy.stack.options import Part, StackEvent

log = logging.getLogger(__name__)

LOOK_S = 0.1
BACKOFF_S = (0.0, 0.3, 1.0, 3.0, 5.0)
# A part that ran this long had started well: its next death is a first one.
STEADY_S = 60.0
TROUBLE = (LocalStackError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


@dataclass(slots=True)
class Watched:
    """One part: how to see whether it runs, and how to bring it back with all that hangs on it."""

    part: Part
    running: Callable[[], bool]
    mend: Callable[[], Awaitable[str]]
    deaths: int = 0
    mended_at: float = float("-inf")

    def next_pause(self) -> float:
        """Count a death, and return how long to wait before mending it."""
        if monotonic() - self.mended_at > STEADY_S:
            self.deaths = 0
        pause = BACKOFF_S[min(self.deaths, len(BACKOFF_S) - 1)]
        self.deaths += 1
        return pause


@dataclass(slots=True)
class Supervisor:
    """Mends one part at a time, in the order given: a worker is of no use before its database."""

    watched: tuple[Watched, ...]
    tell: Callable[[StackEvent], None]
    _told: set[Part] = field(default_factory=set)

    async def run(self) -> None:
        """Look again and again until cancelled; a part that cannot be mended is tried again later."""
        while True:
            await asyncio.sleep(LOOK_S)
            for watched in self.watched:
                if not watched.running():
                    await self._mend(watched)
                    break

    async def _mend(self, watched: Watched) -> None:
        if watched.part not in self._told:
            self._told.add(watched.part)
            self.tell(StackEvent(part=watched.part, what="died"))
        await asyncio.sleep(watched.next_pause())
        try:
            note = await watched.mend()
        except TROUBLE as error:
            log.warning("%s cannot be started again: %s", watched.part, type(error).__name__)
            note = error.message if isinstance(error, LocalStackError) else type(error).__name__
            self.tell(StackEvent(part=watched.part, what="cannot_restart", note=note))
            return
        watched.mended_at = monotonic()
        self._told.discard(watched.part)
        self.tell(StackEvent(part=watched.part, what="restarted", note=note))
