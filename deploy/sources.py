"""The source keys that the code cites, and the table that says where each was read."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("schemas", "workflow", "streams", "deploy")
KEY = re.compile(r"\b(?:R\d{1,3}[a-z]?|(?:DPCP|DPERF|NED|DPLAN|DURHAM)-\d{4})\b")

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_HEADING = """\
# Sources

Where the facts behind the rules were read: every key that a docstring or a scheme's policy cites.
Written by `make generate` from the code and `deploy/sources.toml`; do not edit it here.
Sections such as "domain.md 13.9" are those of the project's domain notes, which give the same keys.

| Key | Read at |
|---|---|
"""


class UnknownSource(Exception):
    """A cited key has no row in deploy/sources.toml."""

    def __init__(self, key: str, cited_in: Path) -> None:
        """Carry the key and the file that cites it."""
        super().__init__(f"{cited_in}: the source key {key} has no row in deploy/sources.toml; add one or mend the key")
        self.key = key
        self.cited_in = cited_in


def known_sources(root: Path) -> dict[str, str]:
    """Key -> description or address, as checked in."""
    table = tomllib.loads((root / "deploy" / "sources.toml").read_text(encoding="utf-8"))
    return {str(key): str(where) for key, where in table["sources"].items()}


def cited_keys(root: Path) -> dict[str, Path]:
    """Each key in use -> the first file, by path, that cites it."""
    cited: dict[str, Path] = {}
    for path, text in _citing_texts(root):
        for key in KEY.findall(text):
            cited.setdefault(key, path)
    return cited


def render_sources(root: Path) -> str:
    """SOURCES.md as it should stand; raises UnknownSource for a key without a row."""
    known = known_sources(root)
    cited = cited_keys(root)
    for key, path in cited.items():
        if key not in known:
            raise UnknownSource(key, path)
    return _HEADING + "".join(f"| {key} | {known[key]} |\n" for key in sorted(cited, key=_reading_order))


def docstrings(source: str) -> Iterator[str]:
    """Every docstring of a module, its own first."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)):
            yield text


def _citing_texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Docstrings of our packages and the schemes' dated policies."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            for text in docstrings(path.read_text(encoding="utf-8")):
                yield path.relative_to(root), text
    for path in sorted((root / "workflow" / "schemes").glob("*.toml")):
        yield path.relative_to(root), path.read_text(encoding="utf-8")


def _reading_order(key: str) -> tuple[bool, int, str]:
    """Papers by name, then R-keys by number."""
    number = re.search(r"\d+", key)
    return key.startswith("R"), int(number[0]) if number else 0, key
