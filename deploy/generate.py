"""Writes the generated files, or with --check says which ones are out of date (exit status 1)."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.published.asyncapi import render_asyncapi
from deploy.published.catalogue import render_catalogue
from deploy.published.diagrams import MarkersMissing, render_diagrams, render_readme
from deploy.published.http import render_openapi
from deploy.published.models import FAMILIES, render_family
from deploy.published.tables import render_permissions, render_settings, render_topics
from deploy.sources import UnknownSource, render_sources

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A file of the repository and the function that gives its whole text for a repository's root."""

    path: str
    render: Callable[[Path], str]


# A part of the house that generates a file adds its row here; nothing else has to know.
PUBLISHED = "schemas/published"
GENERATED: tuple[Generated, ...] = (
    Generated(path="workflow/rules/SOURCES.md", render=render_sources),
    *(Generated(path=f"{PUBLISHED}/{family}.json", render=partial(render_family, family)) for family in FAMILIES),
    Generated(path=f"{PUBLISHED}/openapi.json", render=render_openapi),
    Generated(path=f"{PUBLISHED}/asyncapi.json", render=render_asyncapi),
    Generated(path=f"{PUBLISHED}/CATALOGUE.md", render=render_catalogue),
    Generated(path=f"{PUBLISHED}/PERMISSIONS.md", render=render_permissions),
    Generated(path=f"{PUBLISHED}/TOPICS.md", render=render_topics),
    Generated(path="deploy/SETTINGS.md", render=render_settings),
    Generated(path="workflow/machine/DIAGRAMS.md", render=render_diagrams),
    Generated(path="README.md", render=render_readme),
)


def out_of_date(root: Path, generated: Sequence[Generated] = GENERATED) -> tuple[Generated, ...]:
    """The files whose text is not what their generator gives, in the order of the table."""
    return tuple(each for each in generated if _stands(root / each.path) != each.render(root))


def write(root: Path, generated: Sequence[Generated] = GENERATED) -> tuple[Generated, ...]:
    """Bring the files up to date; returns the ones that had to be written."""
    stale = out_of_date(root, generated)
    for each in stale:
        target = root / each.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(each.render(root), encoding="utf-8")
    return stale


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """The command line: exit status 0 when all is current, 1 when --check found a stale file, 2 for a bad source."""
    parser = argparse.ArgumentParser(prog="python -m deploy.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare, and say what is out of date")
    asked = parser.parse_args(arguments)
    try:
        stale = out_of_date(root) if asked.check else write(root)
    except (UnknownSource, MarkersMissing) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    for each in stale:
        sys.stdout.write(f"{each.path}: {'out of date; run `make generate`' if asked.check else 'written'}\n")
    return 1 if asked.check and stale else 0


def _stands(path: Path) -> str | None:
    """The file's text, or None where there is no file."""
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
