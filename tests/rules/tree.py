"""The repository as the rules of the house see it: its own files, none that a tool or a run left there."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "workflow", "streams", "deploy")
_LEFT_BY_TOOLS = {
    *(
        ".git",
        ".venv",
        ".venv-load",
        ".load",
        ".amends",
        ".kafka",
        "__pycache__",
        "build",
        "dist",
        "htmlcov",
        "out",
        "node_modules",
    ),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", ".coverage"),
}


def files(*folders: str, suffix: str = "") -> list[Path]:
    """Our files below the folders (all of the repository without any), relative to its root."""
    starts = [ROOT / folder for folder in folders] or [ROOT]
    found = (path for start in starts for path in _walk(start) if path.name.endswith(suffix))
    return sorted(path.relative_to(ROOT) for path in found)


def text_of(path: Path) -> str:
    """A file's text; bytes that are no text read as nothing."""
    return (ROOT / path).read_text(encoding="utf-8", errors="ignore")


@cache
def functions(path: Path) -> tuple[tuple[str, int], ...]:
    """Each function of a module with the lines of its body, docstring left out; read once a run."""
    nodes = ast.walk(ast.parse(text_of(path)))
    found = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return tuple((f"{path}:{node.name}", _body_lines(node)) for node in found)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in _LEFT_BY_TOOLS or entry.name.endswith(".egg-info") or entry.name.startswith(".coverage."):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        elif not entry.is_symlink():
            yield entry
