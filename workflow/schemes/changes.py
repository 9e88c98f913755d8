"""Changes to a policy by dotted path: how a later version differs, and how a rehearsal asks "what if"."""

import copy
from collections.abc import Mapping
from typing import Any

from workflow.schemes.problems import Problem, SchemeError, nearest

NAMES = ("name", "key")


def changed(raw: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with each path set; entries of lists are found by their name or key."""
    result: dict[str, Any] = copy.deepcopy(dict(raw))
    for path, value in changes.items():
        _set(result, path, value)
    return result


def value_at(raw: Mapping[str, Any], path: str) -> Any:
    """The value at a path; SchemeError says where the path ends."""
    here: Any = raw
    for part in path.split("."):
        here = _step(here, part, path)
    return here


def _set(raw: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    here: Any = raw
    for part in parents:
        here = _step(here, part, path)
    if isinstance(here, list):
        here[_index(here, last, path)] = value
    elif isinstance(here, dict):
        here[last] = value
    else:
        raise SchemeError([Problem(path=path, message="leads into a single value")])


def _step(here: Any, part: str, path: str) -> Any:
    if isinstance(here, list):
        return here[_index(here, part, path)]
    if isinstance(here, dict) and part in here:
        return here[part]
    known = here if isinstance(here, dict) else ()
    raise SchemeError([Problem(path=path, message=f"there is no {part} here", nearest=nearest(part, known))])


def _index(entries: list[Any], part: str, path: str) -> int:
    labels = [next((str(entry[name]) for name in NAMES if name in entry), "") for entry in entries]
    if part in labels:
        return labels.index(part)
    raise SchemeError([Problem(path=path, message=f"there is no {part} here", nearest=nearest(part, labels))])
