"""The discrete-event clock of the demo: it moves to the next action or due timer only when all is quiet.

Actions of one instant are released in key order: those that claim shared facts one by one, the others side by side.
So one seed gives one result, also when processes are killed in the middle (engine.md section 3).
"""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

SIDE_BY_SIDE = 12
Key = tuple[Any, ...]


class System(Protocol):
    """What the stage asks of the running system; in the demo it reads SQL."""

    async def set_clock(self, now: datetime) -> None:
        """Move the demo's clock row; never backwards."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next timer or periodic job is due, parked cases left out; None if none waits."""
        ...

    async def quiet(self) -> None:
        """Return once every input is accounted for, the outbox is empty and no due timer is unfired."""
        ...


@dataclass(order=True, slots=True)
class _Waiting:
    when: datetime
    key: Key
    shared: bool = field(compare=False)
    released: asyncio.Event = field(compare=False, default_factory=asyncio.Event)


class Stage:
    """Holds back every simulated person until it is their turn."""

    def __init__(self, system: System, opens_at: datetime, *, pace: float | None = None) -> None:
        """Begin at `opens_at`; `pace` is an upper limit in demo hours a second."""
        self.system = system
        self.pace = pace
        self._now = opens_at
        self._waiting: list[_Waiting] = []
        self._acting = 0
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """Return the demo's present instant."""
        return self._now

    async def at(self, when: datetime, key: Key, *, shared: bool = False) -> None:
        """Return when the demo has come to `when` and it is this action's turn; a past `when` means now."""
        turn = _Waiting(max(when, self._now), key, shared)
        self._waiting.append(turn)
        self._acting -= 1
        self._changed.set()
        await turn.released.wait()

    async def run(self, lives: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Play every life to its end; the first failure ends the run and is raised."""
        await self.system.set_clock(self._now)
        async with asyncio.TaskGroup() as group:
            tasks = []
            for life in lives:
                self._acting += 1
                tasks.append(group.create_task(self._play(life)))
            await self._conduct()

    async def _play(self, life: Coroutine[Any, Any, None]) -> None:
        try:
            await life
        finally:
            self._acting -= 1
            self._changed.set()

    async def _conduct(self) -> None:
        await self._all_wait()
        while self._waiting:
            await self.system.quiet()
            await self._advance(min(turn.when for turn in self._waiting))
            await self._release_due()

    async def _advance(self, to: datetime) -> None:
        """Move to the next due timer on the way, or to `to` if none is due before it."""
        while self._now < to:
            due = await self.system.next_due()
            await self._move(to if due is None else min(to, max(due, self._now)))
            await self.system.quiet()

    async def move_to(self, to: datetime) -> None:
        """Let time pass to `to` with nobody acting; timers on the way fire in their order."""
        await self.system.quiet()
        await self._advance(to)

    async def _move(self, to: datetime) -> None:
        if self.pace is not None:
            await asyncio.sleep((to - self._now).total_seconds() / 3600 / self.pace)
        self._now = to
        await self.system.set_clock(to)

    async def _release_due(self) -> None:
        due = sorted(turn for turn in self._waiting if turn.when <= self._now)
        self._waiting = [turn for turn in self._waiting if turn.when > self._now]
        alone = [turn for turn in due if not turn.shared]
        for start in range(0, len(alone), SIDE_BY_SIDE):
            await self._release(alone[start : start + SIDE_BY_SIDE])
        for turn in due:
            if turn.shared:
                await self._release([turn])

    async def _release(self, turns: list[_Waiting]) -> None:
        self._acting += len(turns)
        for turn in turns:
            turn.released.set()
        await self._all_wait()

    async def _all_wait(self) -> None:
        while self._acting > 0:
            self._changed.clear()
            if self._acting > 0:
                await self._changed.wait()
