"""The page's table of actions, and what the code has of the names in it."""

import ast
import re

from tests.rules.tree import ROOT

_ROW = re.compile(r"^\| `(?P<actions>[^|]+)` \|[^|]*\| `(?P<file>[^`:]+):(?P<names>[^`]+)` \|")


def rows():
    """The rows of the table: actions, a file, the names in it."""
    lines = (ROOT / "tests" / "model" / "README.md").read_text(encoding="utf-8").splitlines()
    return [match.groupdict() for line in lines if (match := _ROW.match(line))]


def actions():
    """Every action that the table names."""
    return {action for row in rows() for action in row["actions"].split("`, `")}


def missing(given):
    """The names of these rows that the code does not have."""
    return {
        f"{row['file']}:{name}"
        for row in given
        for name in row["names"].split(", ")
        if not (ROOT / row["file"]).exists() or name not in _names_in(row["file"])
    }


def _names_in(file):
    """Functions, and methods as Class.method."""
    found = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{one.name}" for one in methods}
    return found
