"""`amends up`: the whole system on this machine, until Ctrl-C."""

import asyncio
import shlex
from collections.abc import Mapping

import click

from deploy.bootstrap import WORKER_ROLE
from deploy.cli.home import home_option, settings_named
from deploy.cli.interrupting import to_the_end, until_stopped
from deploy.local.home import Home
from deploy.secret_keys import master_key
from deploy.settings import Settings
from deploy.stack.options import StackEvent, StackOptions
from deploy.stack.playable import Playable, load_playable
from deploy.stack.stack import Stack
from workflow.store.keys import MasterKeys

NAMES: Mapping[str, str] = {"postgres": "database", "broker": "broker", "worker": "worker", "portal": "pages"}


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port of the pages.  [default: AMENDS_PORTAL__PORT, 8080]"
)
def up(port: int | None) -> int:
    """Run everything: database and broker of our own unless the settings name real ones. Ctrl-C stops it all.

    Example: amends up --port 8080
    """
    settings = settings_named()
    return until_stopped(_run(settings, port or settings.portal.port))


async def _run(settings: Settings, port: int) -> None:
    home = Home(settings.home)
    begun: list[Playable] = []

    async def begin(dsns: Mapping[str, str]) -> None:
        playable = await load_playable(dsns[WORKER_ROLE], MasterKeys(master_key(settings, home)))
        if playable is not None:
            begun.append(playable)
            if playable.passwords:
                _tell_who_may_sign_in(playable)

    async def prepare(dsns: Mapping[str, str]) -> None:
        # To its end, and told at once: whoever breaks the start off here would never see the passwords.
        await to_the_end(begin(dsns))

    # A named database is somebody's real one: nothing invented goes into it.
    options = StackOptions(port=port, on_event=_tell)
    if not settings.database:
        options = StackOptions(port=port, on_event=_tell, prepare=prepare)
    click.echo(f"Starting in {home.path}")
    async with Stack(home, settings, options) as stack:
        for playable in begun:
            click.echo(f"  {await playable.open_cases(stack.portal_url)} invented cases to begin with")
        if not any(playable.passwords for playable in begun):
            _tell_how_to_sign_in()
        _tell_where(stack.portal_url, home)
        await asyncio.Event().wait()


def _tell(event: StackEvent) -> None:
    note = f": {event.note}" if event.note else ""
    click.echo(f"  {NAMES[event.part]} {event.what.replace('_', ' ')}{note}")


def _tell_who_may_sign_in(playable: Playable) -> None:
    click.echo("\n  Sign in as one of these, once the pages are there. The passwords are shown this once:")
    width = max(len(login) for login, _ in playable.passwords.values())
    for role, (login, password) in playable.passwords.items():
        click.echo(f"    {role:<24} {login:<{width}}  {password}")
    click.echo("")


def _tell_how_to_sign_in() -> None:
    click.echo("\n  Passwords were shown when their users were made. From another terminal:")
    click.echo("    who may sign in   amends users list")
    click.echo("    a new password    amends users reset-password LOGIN")


def _tell_where(url: str, home: Home) -> None:
    click.echo(f"\n  The pages:       {url}")
    click.echo(f"  Other terminals: export AMENDS_HOME={shlex.quote(str(home.path))}")
    click.echo("  Stop it:         Ctrl-C\n")


COMMANDS = (home_option(up),)
