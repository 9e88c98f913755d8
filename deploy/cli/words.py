"""The words of a command: an example to copy, and in one line what is wrong with a word and which help explains it."""

import re
from collections.abc import Mapping
from inspect import cleandoc

import click
from click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption

from schemas.problems import nearest

NUMBERS: Mapping[str, str] = {
    "is not a valid integer range.": "is no whole number.",
    "is not a valid integer.": "is no whole number.",
    "is not a valid float range.": "is no number.",
    "is not a valid UUID.": "is no id: write 32 hexadecimal digits in the usual five groups.",
}


RANGE = re.compile(r"is not in the range (?:x>=)?([\d.]+)(?:<=x<=([\d.]+))?")


class Group(click.Group):
    """A group of commands that names the nearest one for a word that is none."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; UsageError where there is none."""
        if words[0] not in self.commands and not words[0].startswith("-"):
            near = nearest(words[0], tuple(self.commands))
            raise click.UsageError(
                f"There is no command {words[0]}" + (f"; did you mean {near}?" if near else "."), context
            )
        return super().resolve_command(context, words)


def with_whole_example(command: click.Command) -> click.Command:
    """Keep the example of a command's help, and of each in a group, on one line: it is there to be copied."""
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_whole_example(inner)
    command.help = cleandoc(command.help or "").replace("\n\nExample: ", "\n\n\b\nExample: ")
    return command


def asked_wrongly(error: click.ClickException) -> str:
    """Return the line for words that cannot be taken."""
    words = " ".join(_sentence(error).split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{words} See `{context.command_path} --help`." if context else words


def _sentence(error: click.ClickException) -> str:
    if isinstance(error, NoSuchOption):
        near = next(iter(error.possibilities or ()), None)
        return f"There is no option {error.option_name}" + (f"; did you mean {near}?" if near else ".")
    if isinstance(error, BadOptionUsage):
        return f"{error.option_name} needs a value after it."
    if isinstance(error, MissingParameter) and error.param is not None:
        told = getattr(error.param, "help", None)
        return f"{_name(error.param)} is missing" + (f": {told[0].lower()}{told[1:]}" if told else ".")
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{_name(error.param)}: {_fault(error)}"
    return error.format_message() + ("" if error.format_message().endswith((".", "?")) else ".")


def _name(param: click.Parameter) -> str:
    return str(param.opts[-1]) if isinstance(param, click.Option) else str(param.human_readable_name)


def _fault(error: click.BadParameter) -> str:
    said = error.message
    if isinstance(getattr(error.param, "type", None), click.Choice):
        known = tuple(map(str, error.param.type.choices))  # type: ignore[union-attr]
        sent = said.split("'")[1]
        near = nearest(sent, known)
        return f"{sent} is none of {', '.join(known)}" + (f"; did you mean {near}?" if near else ".")
    if limits := RANGE.search(said):
        least, most = limits.groups()
        said = f"it must be at least {least}" + (f" and at most {most.rstrip('.')}." if most else ".")
    words = next((said.replace(old, new) for old, new in NUMBERS.items() if old in said), said)
    return words if words.endswith((".", "?")) else f"{words}."
