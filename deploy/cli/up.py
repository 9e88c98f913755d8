"""`amends up`: the whole system on this machine, until Ctrl-C."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import click

from deploy.bootstrap import WORKER_ROLE
from deploy.local.home import Home
from deploy.settings import Settings
from deploy.stack.options import StackEvent, StackOptions
from deploy.stack.playable import Playable, load_playable
from deploy.stack.secret_keys import master_key
from deploy.stack.stack import Stack
from workflow.store.keys import MasterKeys

NAMES: Mapping[str, str] = {"postgres": "database", "broker": "broker", "worker": "worker", "portal": "pages"}


@click.command()
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Where data, logs and keys are kept.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the pages.")
def up(home: Path | None, port: int | None) -> None:
    """Run everything: database and broker of our own unless the settings name real ones. Ctrl-C stops it all.

    Example: amends up --port 8080
    """
    settings = Settings()
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    asyncio.run(_run(settings, port or settings.portal.port))


async def _run(settings: Settings, port: int) -> None:
    home = Home(settings.home)

    begun: list[Playable] = []

    async def prepare(dsns: Mapping[str, str]) -> None:
        playable = await load_playable(dsns[WORKER_ROLE], MasterKeys(master_key(settings, home)))
        if playable is not None:
            begun.append(playable)
            _tell_passwords(playable.passwords)

    async def opened(url: str) -> None:
        for playable in begun:
            click.echo(f"  {await playable.open_cases(url)} invented cases to begin with")

    # A named database is somebody's real one: nothing invented goes into it.
    options = StackOptions(port=port, on_event=_tell)
    if not settings.database:
        options = StackOptions(port=port, on_event=_tell, prepare=prepare)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    click.echo(f"Starting in {home.path}")
    await _until(stop, Stack(home, settings, options), opened)
    click.echo("Stopped. Nothing that was receipted is lost.")


async def _until(stop: asyncio.Event, stack: Stack, opened: Callable[[str], Awaitable[None]]) -> None:
    """Run the stack until the event, which may come while it still starts."""
    starting, stopping = asyncio.create_task(stack.start()), asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return
    try:
        await starting
        await opened(stack.portal_url)
        click.echo(f"\n  The pages:  {stack.portal_url}\n  Stop it:    Ctrl-C\n")
        await stopping
        click.echo("Stopping ...")
    finally:
        stopping.cancel()
        await stack.stop()


def _tell(event: StackEvent) -> None:
    note = f": {event.note}" if event.note else ""
    click.echo(f"  {NAMES[event.part]} {event.what.replace('_', ' ')}{note}")


def _tell_passwords(passwords: Mapping[str, tuple[str, str]]) -> None:
    click.echo("\n  Sign in as one of these. The passwords are shown this once:")
    for role, (login, password) in passwords.items():
        click.echo(f"    {role:<24} {login:<44} {password}")
    click.echo("")


COMMANDS = (up,)
