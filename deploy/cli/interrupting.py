"""Ctrl-C and SIGTERM, which mean the same: the first one stops the work, later ones wait until all is put away."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

T = TypeVar("T")
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM)


def until_interrupted(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; raises click.Abort once it has been stopped and has put everything away."""
    return asyncio.run(_watched(work))


def until_stopped(work: Coroutine[Any, Any, None]) -> int:
    """Run what has no end of its own, and return 0 once it was stopped: that is how it ends."""
    try:
        until_interrupted(work)
    except click.Abort:
        click.echo("Stopped. Nothing that was receipted is lost.", err=True)
    return 0


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do what must not be left half done: whoever is stopped meanwhile stops after it."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _watched(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.create_task(work)
    stopping = False

    def stop() -> None:
        nonlocal stopping
        # A second cancellation would break off the putting away, and leave processes behind.
        if not stopping:
            stopping = task.cancel()
            click.echo("\nStopping ...", err=True)

    for number in ASKED_TO_STOP:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        raise click.Abort from None
    finally:
        if stopping:
            _end_in_peace()


def _end_in_peace() -> None:
    """Let no later Ctrl-C break into the process's last moments."""
    for number in ASKED_TO_STOP:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)
