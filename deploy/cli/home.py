"""`--home`, which every command takes that looks at data: it says the same as AMENDS_HOME, and goes before it."""

from pathlib import Path
from typing import TypeVar

import click

from deploy.cli.wrong_settings import names_astray
from deploy.settings import Settings, environment

_KEPT = "amends.home"
C = TypeVar("C", bound=click.Command)


def home_option(command: C) -> C:
    """Give a command, or each command of a group, the option --home."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            home_option(inner)
        return command
    option = click.Option(
        ["--home"],
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=lambda context, _, home: context.meta.update({_KEPT: home}) if home else None,
        help="Where data, logs and keys are kept.  [default: AMENDS_HOME, else .amends here]",
    )
    command.params.append(option)
    return command


def settings_named() -> Settings:
    """Return what the environment says, with the home that the command line names."""
    if astray := names_astray(environment()):
        raise click.ClickException(astray)
    context = click.get_current_context(silent=True)
    home = context.meta.get(_KEPT) if context else None
    return Settings(home=home) if home else Settings()
