"""How a part begins as a process: anew, or forked from one that has read everything in already.

Reading in takes two seconds of CPU, which is most of what a kill costs. The long run, which wants many kills of one
machine, forks; from there on the two are the same: an environment, a log, signals, an end.
"""

import asyncio
import multiprocessing
import os
import sys

from deploy.local.waiting import holds_within
from tests.faults import newborn

MODULES = {"worker": ("tests.builders.worker_process",), "portal": ("deploy.cli", "portal")}
FOREVER_S = 3600.0


async def anew(part, environment, log, *, within=()):
    """A Python of its own; `within` is the command that starts it somewhere else on this machine."""
    with log.open("ab") as told:
        return await asyncio.create_subprocess_exec(
            *(*within, sys.executable, "-m", *MODULES[part]), env=environment, stdout=told, stderr=told
        )


async def forked(part, environment, log, *, within=()):
    """A fork, which cannot be somewhere else."""
    assert not within
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([newborn.__name__])
    process = context.Process(target=newborn.live, args=(part, environment, str(log)), daemon=True)
    await asyncio.to_thread(process.start)  # the first one waits until all is read in
    return Forked(process)


class Forked:
    """A forked process, as asyncio's own look."""

    def __init__(self, process):
        self._process = process
        self.pid = process.pid

    @property
    def returncode(self):
        """None while it runs; a signal's number below zero."""
        return self._process.exitcode

    async def wait(self):
        """Wait for its end and return how it was."""

        async def ended():
            return self.returncode is not None

        while not await holds_within(ended, FOREVER_S):
            pass
        return self.returncode

    def send_signal(self, number):
        """Nothing happens when it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self):
        """SIGTERM."""
        self._process.terminate()

    def kill(self):
        """SIGKILL."""
        self._process.kill()
