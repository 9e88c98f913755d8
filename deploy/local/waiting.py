"""Waiting for a condition, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_S = 0.02


async def holds_within(condition: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Whether the condition came to hold before the deadline; it is asked at least once."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await condition():
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(PAUSE_S)
    return True
