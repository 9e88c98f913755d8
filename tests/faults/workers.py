"""Workers as processes of their own: started, killed, frozen, woken."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from deploy.local.waiting import holds_within
from deploy.settings import environment_of
from tests.faults.beginning import anew

START_S = 40.0
FAREWELL_S = 15.0


class Workers:
    """The worker processes of one experiment, by name; `patches` are the tests' own changes to each of them."""

    def __init__(self, settings_of, folder, patches=(), begin=anew):
        self._settings_of = settings_of
        self._folder = folder
        self._patches, self._begin = tuple(patches), begin
        self._processes = {}
        self.within = {}  # by name, the command that starts a worker somewhere else on this machine
        self.kills = 0

    async def start(self, name, *, patches=(), **engine):
        """Start a worker; it is at work some seconds later."""
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(Path.cwd()),
            "AMENDS_TESTS_PATCHES": ",".join((*self._patches, *patches)),
            **environment_of(self._settings_of(name, **engine)),
        }
        within = self.within.get(name, ())
        self._processes[name] = await self._begin("worker", environment, self._log(name), within=within)

    def alive(self):
        """Those that run, by name: the ids of their processes."""
        return {name: process.pid for name, process in sorted(self._processes.items()) if process.returncode is None}

    async def kill(self, name, *, farewell=False):
        """kill -9; with a `farewell` SIGTERM, as a worker is stopped, and kill -9 where that takes it too long."""
        process = self._processes[name]
        if farewell:
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), FAREWELL_S)
                return
        process.kill()
        await process.wait()
        self.kills += 1

    async def killed_itself(self, name, seconds=START_S):
        """Whether a worker died at its failpoint before the deadline."""
        try:
            died = await asyncio.wait_for(self._processes[name].wait(), seconds) == -signal.SIGKILL
        except TimeoutError:
            return False
        self.kills += died
        return died

    async def froze_itself(self, name, seconds=START_S):
        """Whether a worker stopped at its failpoint before the deadline."""

        async def stopped():
            return self._state(name) == "T"

        return await holds_within(stopped, seconds)

    def tell(self, name, number):
        """Send a signal: SIGSTOP freezes, SIGCONT wakes, others are for a patch to hear."""
        self._processes[name].send_signal(number)

    def said(self, name):
        """Everything a worker has logged."""
        return self._log(name).read_text(encoding="utf-8", errors="replace")

    async def says(self, name, words, seconds=START_S):
        """Whether a worker logs this before the deadline."""

        async def said():
            return words in self.said(name)

        return await holds_within(said, seconds)

    async def end(self):
        """kill -9 to all that are left: at rest nothing needs a farewell."""
        for name in self.alive():
            self._processes[name].kill()
            await self._processes[name].wait()

    def _log(self, name):
        return self._folder / f"{name}.log"

    def _state(self, name):
        status = Path(f"/proc/{self._processes[name].pid}/stat").read_text(encoding="utf-8")
        return status.rpartition(")")[2].split()[0]
