"""`amends policy check`: what a scheme's file says, and what nobody has confirmed."""

from pathlib import Path

import click

from deploy.cli.words import Group
from deploy.policy_check import check_policies, render


@click.group(cls=Group)
def policy() -> None:
    """Look at scheme policies."""


@policy.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def check(files: tuple[Path, ...], *, as_json: bool) -> int:
    """Check scheme files, by default the packaged ones; list every unverified value.

    Example: amends policy check my-scheme.toml
    """
    report = check_policies(files)
    click.echo(render(report, as_json=as_json))
    return 0 if report.ok else 2


COMMANDS = (policy,)
