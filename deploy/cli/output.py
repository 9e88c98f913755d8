"""How commands answer: a table for a person, one line of JSON for a machine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click
import orjson

NOTHING = "-"


def json_option(function: Any) -> Any:
    """Give a command the option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(function)


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows as a table of the columns, or all of each row as JSON."""
    if as_json:
        say_json(list(rows))
    elif not rows:
        click.echo(empty)
    else:
        click.echo(table(rows, columns))


def say_json(value: Any) -> None:
    """Print one line of JSON."""
    click.echo(orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode())


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return a plain table, a line a row."""
    cells = [[title.replace("_", " ") for title in columns], *([_cell(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
