"""`amends mail`: messages by SMTP of which nobody knows whether they arrived."""

from dataclasses import asdict

import click

from deploy.cli.ground import on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, show
from deploy.cli.words import Group
from workflow.store.mailbox import SqlMailbox

COLUMNS = ("notice", "tenant", "case_id", "at")


@click.group(cls=Group)
def mail() -> None:
    """Look after messages that leave by SMTP."""


@mail.command()
@json_option
def undecided(*, as_json: bool) -> None:
    """List messages that may have left when the notifier died or the connection broke; none is sent again by itself.

    Open the case and ask the person, or let it be: sent again, a message might arrive twice.

    Example: amends mail undecided
    """
    rows = on_database(lambda ground: SqlMailbox(ground.pool).undecided())
    show(
        [asdict(row) for row in rows], COLUMNS, as_json=as_json, empty="Of every message it is known what became of it."
    )


COMMANDS = (home_option(mail),)
