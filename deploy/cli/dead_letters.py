"""`amends dead-letters`: what could not be read or handled, and what to do about it."""

from dataclasses import asdict

import click

from deploy.bootstrap import master_keys
from deploy.cli.ground import Ground, on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, show
from deploy.cli.words import Group
from deploy.stack.broker import check_answers
from deploy.stack.quarantine import DeadLetters

COLUMNS = ("fingerprint", "reason", "topic", "partition", "offset", "case_id", "at")


@click.group(cls=Group, name="dead-letters")
def dead_letters() -> None:
    """See to records that could not be taken; what they say is shown nowhere."""


@dead_letters.command(name="list")
@json_option
def list_records(*, as_json: bool) -> None:
    """List what lies in quarantine, oldest first.

    Example: amends dead-letters list
    """
    rows = on_database(lambda ground: _of(ground).listed())
    show([asdict(row) for row in rows], COLUMNS, as_json=as_json, empty="Nothing lies in quarantine.")


@dead_letters.command(name="show")
@click.argument("fingerprint")
@json_option
def show_records(fingerprint: str, *, as_json: bool) -> None:
    """Show where the records of one fingerprint came from and why they were set aside.

    Example: amends dead-letters show 6f0c7d1e
    """
    rows = on_database(lambda ground: _of(ground).places(fingerprint))
    show([asdict(row) for row in rows], ("tenant", *COLUMNS), as_json=as_json, empty="")


@dead_letters.command()
@click.argument("fingerprint")
def replay(fingerprint: str) -> None:
    """Put records back on the topic they came from, and let the case that waits for them go on.

    Example: amends dead-letters replay 6f0c7d1e
    """

    async def back(ground: Ground) -> int:
        await check_answers(ground.streams.connection())
        return await _of(ground).replay(fingerprint, ground.streams)

    click.echo(f"On their topics again: {on_database(back)}.")


@dead_letters.command()
@click.argument("fingerprint")
def discard(fingerprint: str) -> None:
    """Forget records for good, and let the case that waits for them go on.

    Example: amends dead-letters discard 6f0c7d1e
    """

    async def gone(ground: Ground) -> int:
        streams = ground.streams if ground.settings.kafka else None
        return await _of(ground).discard(fingerprint, streams)

    waited = on_database(gone)
    click.echo("Discarded." + (f" Commands that waited, on their topics again: {waited}." if waited else ""))


def _of(ground: Ground) -> DeadLetters:
    return DeadLetters(ground.pool, master_keys(ground.settings))


COMMANDS = (home_option(dead_letters),)
