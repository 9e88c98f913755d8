"""A proxy in front of PostgreSQL that can lose the answer to a COMMIT, or the COMMIT itself, and cut the line."""

import asyncio
import contextlib
from random import Random

BEGIN, COMMIT = b"BEGIN;\0", b"COMMIT;\0"
CHUNK = 65536


class CommitCutter:
    """Cuts at one in `every` COMMITs of transactions that name something: in turn before it arrives, and after."""

    def __init__(self, host, port, seed, naming):
        self._there = host, port
        self._naming = naming
        self._drawn = Random(seed)
        self._tasks = set()
        self.every = 0
        self.cuts = {"before": 0, "after": 0}

    async def handle(self, reader, writer):
        """Carry one client's bytes to PostgreSQL and back, until either ends or the line is cut."""
        task = asyncio.current_task()
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):  # the server's callback tells of either on stderr
            there_reader, there_writer = await asyncio.open_connection(*self._there)
            answers = asyncio.create_task(_carry(there_reader, writer))
            try:
                await self._ask(reader, there_writer, there_reader, answers)
            finally:
                answers.cancel()
                for end in (writer, there_writer):
                    end.transport.abort()
        self._tasks.discard(task)

    async def _ask(self, reader, there_writer, there_reader, answers):
        named = False
        while chunk := await reader.read(CHUNK):
            named = self._naming in chunk or (named and BEGIN not in chunk)
            cut = self._cut() if named and COMMIT in chunk else None
            if cut == "before":
                return
            if cut == "after":
                answers.cancel()
                await asyncio.gather(answers, return_exceptions=True)
            there_writer.write(chunk)
            await there_writer.drain()
            if cut == "after":
                await there_reader.read(CHUNK)  # COMMIT is done now, and nobody hears of it
                return

    def _cut(self):
        if not self.every or self._drawn.randrange(self.every):
            return None
        cut = min(self.cuts, key=self.cuts.get)
        self.cuts[cut] += 1
        return cut

    async def lead_to(self, host, port):
        """Cut every line, and lead those that come from now on to another server."""
        self._there = host, port
        await self.close()

    async def close(self):
        """End every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _carry(reader, writer):
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def opened_proxy(host, port, seed, *, naming, at="127.0.0.1"):
    """A proxy on a free port of this machine, at one of its addresses; yields it with that port."""
    cutter = CommitCutter(host, port, seed, naming)
    server = await asyncio.start_server(cutter.handle, at, 0)
    try:
        yield cutter, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await cutter.close()
