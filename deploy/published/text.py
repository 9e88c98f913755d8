"""How generated documents are written: JSON that never reorders itself, Markdown that says it is generated."""

import json
from collections.abc import Iterable, Mapping, Sequence
from inspect import cleandoc
from typing import Any

from schemas.citing import without_citations

GENERATED = "Written by `make generate` from the code; do not edit it here.\n"


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document with sorted keys, so that a change shows as itself."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def page(title: str, *parts: str) -> str:
    """Return a Markdown page of parts."""
    return "\n".join((f"# {title}\n", GENERATED, *parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a cell keeps to its line."""
    return "".join(_line(row) for row in (head, ["---"] * len(head), *rows))


def code(word: str) -> str:
    """Return a word as code, and nothing for none."""
    return f"`{word}`" if word else ""


def first_line(documented: object) -> str:
    """Return what a docstring says first, without where that was read."""
    return without_citations(cleandoc(documented.__doc__ or "").partition("\n")[0])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |\n"
