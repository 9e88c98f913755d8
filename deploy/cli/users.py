"""`amends users`: who may sign in, and as what."""

import click

from deploy.cli.ground import on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, say_json, show
from deploy.cli.words import Group
from deploy.stack.people import Engaged, People
from schemas.vocabulary import Role

COLUMNS = ("login", "organisation", "role", "staff_id", "locked", "failed_attempts", "valid_until")
ROLES = click.Choice([role.value for role in Role])


@click.group(cls=Group)
def users() -> None:
    """Add people, give them roles, lock them out and let them in."""


@users.command(name="list")
@json_option
def list_users(*, as_json: bool) -> None:
    """List users, a line an engagement.

    Example: amends users list
    """
    rows = on_database(lambda ground: People(ground.pool, ground.ids).listed())
    show(rows, COLUMNS, as_json=as_json, empty="No users yet. `amends users add` makes one.")


@users.command()
@click.argument("login")
@click.option("--organisation", required=True, help="The slug of the organisation that engages the person.")
@click.option("--role", required=True, type=ROLES, help="What the person is there.")
@click.option("--staff-id", help="The person's id among the provider's caseworkers.")
@json_option
def add(login: str, organisation: str, role: str, staff_id: str | None, *, as_json: bool) -> None:
    """Add a user with a role, and print a one-time password.

    Example: amends users add j.reed --organisation amberfold-reparation --role caseworker
    """
    engaged = Engaged(organisation=organisation, role=Role(role), staff_id=staff_id)
    password = on_database(lambda ground: People(ground.pool, ground.ids).hire(login, engaged))
    _tell_password(login, password, as_json=as_json)


@users.command()
@click.argument("login")
@click.option("--organisation", required=True, help="The slug of the organisation.")
@click.option("--role", required=True, type=ROLES, help="What the person is there.")
@click.option("--staff-id", help="The person's id among the provider's caseworkers.")
def engage(login: str, organisation: str, role: str, staff_id: str | None) -> None:
    """Give a user another role.

    Example: amends users engage j.reed --organisation amberfold-reparation --role triage
    """
    engaged = Engaged(organisation=organisation, role=Role(role), staff_id=staff_id)
    on_database(lambda ground: People(ground.pool, ground.ids).engage(login, engaged))
    click.echo(f"{login} is {role} at {organisation}.")


@users.command()
@click.argument("login")
@click.option("--organisation", required=True, help="The slug of the organisation.")
@click.option("--role", required=True, type=ROLES, help="What the person was there.")
def disengage(login: str, organisation: str, role: str) -> None:
    """End a user's role now.

    Example: amends users disengage j.reed --organisation amberfold-reparation --role triage
    """
    on_database(lambda ground: People(ground.pool, ground.ids).disengage(login, organisation, Role(role)))
    click.echo(f"{login} is no longer {role} at {organisation}.")


@users.command()
@click.argument("login")
def lock(login: str) -> None:
    """Lock a user out, and end open sessions.

    Example: amends users lock j.reed
    """
    on_database(lambda ground: People(ground.pool, ground.ids).lock(login))
    click.echo(f"{login} is locked out. `amends users unlock {login}` lets the person in again.")


@users.command()
@click.argument("login")
def unlock(login: str) -> None:
    """Let a locked user in again.

    Example: amends users unlock j.reed
    """
    on_database(lambda ground: People(ground.pool, ground.ids).unlock(login))
    click.echo(f"{login} may sign in.")


@users.command(name="reset-password")
@click.argument("login")
@json_option
def reset_password(login: str, *, as_json: bool) -> None:
    """Set a new one-time password, print it, and end open sessions.

    Example: amends users reset-password j.reed
    """
    password = on_database(lambda ground: People(ground.pool, ground.ids).reset_password(login))
    _tell_password(login, password, as_json=as_json)


def _tell_password(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"login": login, "password": password})
        return
    click.echo(f"{login} signs in with the password {password}")
    click.echo("It is shown this once. Hand it over in person or by telephone.")


COMMANDS = (home_option(users),)
