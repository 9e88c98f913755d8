"""An event loop whose time is invented and whose order is drawn from a seed: the same seed is the same run."""

import asyncio
import heapq
from collections import deque
from contextvars import ContextVar
from random import Random


class Process:
    """One process: its callbacks run in their order, as asyncio promises; those of others come between as drawn."""

    def __init__(self, name):
        self.name = name
        self.queue = deque()
        self.dead = False
        self.frozen = False

    def __repr__(self):
        return self.name


WORLD = Process("world")
RUNNING = ContextVar("RUNNING", default=WORLD)


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs one callback at a time of a process that is drawn; time leaps to the next timer when nobody is ready."""

    def __init__(self, seed, most_turns):
        super().__init__()
        self._most_turns = most_turns
        self.random = Random(seed)
        self.turns = 0
        self._instant = 0.0
        self._processes = [WORLD]
        WORLD.queue.clear()
        WORLD.dead = False
        self.set_exception_handler(lambda *_: None)

    def time(self):
        """Seconds since the beginning, none of them real."""
        return self._instant

    def begin(self, name):
        """A process that runs beside the others."""
        self._processes.append(Process(name))
        return self._processes[-1]

    def kill(self, process):
        """End a process as kill -9 does: nothing of it runs again, and nothing is tidied up."""
        process.dead = True

    @property
    def is_spent(self):
        """Whether somebody turned in circles: from there on nobody but the world runs."""
        return self.turns >= self._most_turns

    def _stop_all(self):
        for process in self._processes:
            process.dead = process is not WORLD

    def resurrect(self):
        """Let the dead run again, so that their tasks can be cancelled and end."""
        for process in self._processes:
            process.dead = process.frozen = False

    def call_soon(self, callback, *args, context=None):
        """Queue a callback with its process."""
        handle = asyncio.Handle(callback, args, self, context)
        handle._context.get(RUNNING, WORLD).queue.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def _run_once(self):
        ready = self._ready_processes()
        while not ready:
            self._leap()
            ready = self._ready_processes()
        process = ready[0] if len(ready) == 1 else self.random.choice(ready)
        handle = process.queue.popleft()
        if not handle._cancelled:
            self.turns += 1
            handle._run()
        if self.turns == self._most_turns:
            self._stop_all()

    def _ready_processes(self):
        return [one for one in self._processes if one.queue and not one.frozen and not one.dead]

    def _leap(self):
        if not self._scheduled:
            raise RuntimeError("nothing will ever happen again")
        self._instant = max(self._instant, self._scheduled[0]._when)
        while self._scheduled and self._scheduled[0]._when <= self._instant:
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                handle._context.get(RUNNING, WORLD).queue.append(handle)

    def _process_events(self, event_list):
        """There are no sockets."""

    def _write_to_self(self):
        """There are no threads."""
