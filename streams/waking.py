"""One listening connection that wakes whoever waits for a commit; a gap in listening costs a second, no record."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

log = logging.getLogger(__name__)

REOPEN_S = 1.0
ALIVE_S = 5.0
Connect = Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class Waiter:
    """One who waits; wake-ups that come while it works are kept for its next wait. `reasons` concern it."""

    reasons: frozenset[str]
    event: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Return when something was committed since the last wait, or after so many seconds."""
        try:
            # Not `wait_for`, which in Python 3.11 swallows a cancellation that comes with the event.
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return
        self.event.clear()


@dataclass(slots=True)
class Wakes:
    """Listens on one channel until it is cancelled, and wakes all its waiters."""

    connect: Connect
    channel: str
    _waiters: list[Waiter] = field(default_factory=list)

    def waiter(self, *reasons: str) -> Waiter:
        """Return a new waiter for these reasons; others do not wake it."""
        self._waiters.append(Waiter(frozenset(reasons)))
        return self._waiters[-1]

    def wake(self, told: str) -> None:
        """Wake those whom one of the reasons concerns, parted by spaces as the notification has them."""
        reasons = frozenset(told.split())
        for waiter in self._waiters:
            if waiter.reasons & reasons:
                waiter.event.set()

    async def run(self) -> None:
        """Listen; who waits sweeps from time to time anyway, so a gap costs a second and no record."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("nobody wakes us for now: %s", type(error).__name__)
            await asyncio.sleep(REOPEN_S)

    def _wake_all(self) -> None:
        for waiter in self._waiters:
            waiter.event.set()

    async def _listen(self) -> None:
        connection = await self.connect()
        try:
            await connection.add_listener(self.channel, lambda *told: self.wake(told[-1]))
            self._wake_all()
            while True:
                await asyncio.sleep(ALIVE_S)
                await connection.execute("SELECT 1", timeout=ALIVE_S)
        finally:
            connection.terminate()
