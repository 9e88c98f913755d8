"""A post office on this machine: takes mail by SMTP and remembers the id of each message."""

import asyncio
from contextlib import asynccontextmanager, suppress


class Post:
    """Ids of the messages that came, in their order, one entry a message; `says` replaces its answer to a word."""

    def __init__(self, **says):
        self.ids, self.says = [], says

    async def handle(self, reader, writer):
        """Speak just enough SMTP to take a message."""
        with suppress(ConnectionError):  # whoever sends may be killed
            writer.write(b"220 here\r\n")
            while line := await reader.readline():
                if not await self._answer(line.split()[0].decode().upper(), reader, writer):
                    break
        writer.close()

    async def _answer(self, word, reader, writer):
        """Answer a word; False when the connection is to break."""
        if said := self.says.get(word):
            writer.write(said)
            return True
        if word == "DATA":
            writer.write(b"354 go on\r\n")
            await self._message(reader)
            if "BREAK" in self.says:
                return False
        writer.write(b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
        return True

    async def _message(self, reader):
        found = None
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                return
            name, _, value = line.decode().partition(":")
            if name.lower() == "message-id":
                found = value.strip().strip("<>").removesuffix("@amends")
        self.ids.append(found)


@asynccontextmanager
async def opened_post(**says):
    """A post office on a free port; yields it with that port."""
    post = Post(**says)
    server = await asyncio.start_server(post.handle, "127.0.0.1", 0)
    try:
        yield post, server.sockets[0].getsockname()[1]
    finally:
        server.close()
