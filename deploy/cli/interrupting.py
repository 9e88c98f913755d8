"""Ctrl-C and SIGTERM for work that has to put things away: the first one stops it, later ones wait with it."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import click


def until_interrupted(work: Coroutine[Any, Any, int]) -> int:
    """Return what the work returns; raises click.Abort once it has been stopped and has put everything away."""
    return asyncio.run(_watched(work))


async def _watched(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.create_task(work)
    stopping = False

    def stop() -> None:
        nonlocal stopping
        # A second cancellation would break off the putting away, and leave processes behind.
        if not stopping:
            stopping = task.cancel()
            click.echo("\nStopping ...", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        raise click.Abort from None
