"""Putting a Kafka client away, whatever state it is in."""

import asyncio
from typing import Protocol

PATIENCE_S = 5.0


class Stoppable(Protocol):
    """A consumer or a producer."""

    async def stop(self) -> None:
        """Let go of the broker."""
        ...


async def put_away(client: Stoppable, seconds: float = PATIENCE_S) -> None:
    """Stop a client, and wait for so long at the most; how its stopping ended is nobody's business.

    aiokafka cancels tasks of its own in there and waits for them: where the broker is gone their CancelledError comes
    out of `stop`, and would end the task that called it as if somebody had cancelled that one.
    """
    stopping = asyncio.ensure_future(client.stop())
    try:
        await asyncio.wait({stopping}, timeout=seconds)
    finally:
        stopping.cancel()
    if stopping.done() and not stopping.cancelled():
        stopping.exception()
