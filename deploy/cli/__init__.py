"""The command line: `amends`. Every failure a person can mend is one plain line and exit status 2."""

import logging
import os
import signal
import sys
from collections.abc import Sequence

import click

import deploy.cli.known_platform  # noqa: F401 - first of ours: it refuses where the others cannot be imported
from deploy.cli import dead_letters, demo, mail, organisations, parts, policy, rehearse, topics, up, users, verifying
from deploy.cli.errors import plain_line
from deploy.cli.words import Group, asked_wrongly, with_whole_example

GROUPS = (demo, up, parts, topics, users, organisations, policy, rehearse, verifying, dead_letters, mail)


HELP = """Run Immediate Justice schemes: referrals in, visible repair done, those who were harmed told what happened.

\b
Try it:
  amends demo                      the main job on real incidents, with invented people
  amends up                        the whole system on this machine
  amends rehearse SCENARIO.yaml    what would our scheme do if ...
"""


IN_EVERY_COMMAND = {"help_option_names": ["-h", "--help"], "max_content_width": 110, "show_default": True}


@click.group(cls=Group, help=HELP, context_settings=IN_EVERY_COMMAND)
@click.version_option(package_name="amends", prog_name="amends")
def amends() -> None:
    """Run the command line."""


for group in GROUPS:
    for command in group.COMMANDS:
        amends.add_command(with_whole_example(command))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the answer is no, 2 something to mend first, 130 broken off."""
    # Without any handler a client's complaint would stand beside our one line; a worker sets up its own.
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = amends.main(args=arguments, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        click.echo(f"amends: {asked_wrongly(error)}", err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read us has read enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        line = plain_line(error)
        if line is None:
            raise
        click.echo(f"amends: {line}", err=True)
        sys.exit(2)
    sys.exit(code or 0)
