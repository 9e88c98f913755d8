"""From TOML to a scheme, with every problem named at once."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from importlib import resources
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from workflow.schemes.changes import changed
from workflow.schemes.confirmation import confirmation_problems
from workflow.schemes.model import PolicyVersion, Scheme
from workflow.schemes.problems import Problem, SchemeError, explain, nearest
from workflow.schemes.statute import statute_problems

PACKAGED = ("derbyshire.toml", "durham.toml")


def load_scheme(text: str, name: str) -> Scheme:
    """Read one policy file; `name` says which in the problems of a SchemeError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError([Problem(path=name, message=f"is not TOML: {error}")]) from error
    except RecursionError:
        raise SchemeError([Problem(path=name, message="is nested too deep")]) from None
    problems = tuple(_shape_problems(raw.get("versions", [])))
    if problems:
        raise SchemeError(problems)
    try:
        scheme = Scheme.model_validate(_written_out(raw))
    except ValidationError as error:
        raise SchemeError(explain(error, Scheme)) from error
    problems = (*_order_problems(scheme.versions), *_content_problems(scheme.versions))
    if problems:
        raise SchemeError(problems)
    return scheme


def packaged_schemes() -> Mapping[str, Scheme]:
    """The schemes that the project ships, by slug."""
    schemes = (load_scheme(text, name) for name, text in packaged_texts().items())
    return {scheme.slug: scheme for scheme in schemes}


def packaged_texts() -> Mapping[str, str]:
    """The policy files that the project ships, by file name."""
    folder = resources.files("workflow.schemes")
    return {name: (folder / name).read_text(encoding="utf-8") for name in PACKAGED}


def _shape_problems(versions: object) -> Iterator[Problem]:
    """Versions are put together before they are judged, so what they are made of is asked first."""
    if not isinstance(versions, list):
        yield Problem(path="versions", message="must be a list of tables, each under [[versions]]")
        return
    for index, entry in enumerate(versions):
        if not isinstance(entry, dict):
            yield Problem(path=f"versions.{index}", message="must be a table")
        elif not isinstance(entry.get("changes", {}), dict):
            yield Problem(path=f"versions.{index}.changes", message="must be a table of paths and values")


def _written_out(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Each version that says only how it differs (`based_on`, `changes`) becomes complete."""
    done: dict[str, dict[str, Any]] = {}
    for index, entry in enumerate(raw.get("versions", ())):
        full = _complete(entry, done, f"versions.{index}")
        done[str(full.get("version"))] = full
        if len(done) <= index:
            raise SchemeError([Problem(path=f"versions.{index}.version", message="stands twice in this file")])
    return {**raw, "versions": list(done.values())} if done else dict(raw)


def _complete(entry: Mapping[str, Any], earlier: Mapping[str, dict[str, Any]], path: str) -> dict[str, Any]:
    if "based_on" not in entry:
        return dict(entry)
    base = str(entry["based_on"])
    if base not in earlier:
        hint = nearest(base, earlier)
        raise SchemeError([Problem(path=f"{path}.based_on", message="is no earlier version here", nearest=hint)])
    own = {key: value for key, value in entry.items() if key not in {"based_on", "changes"}}
    inherited = {key: value for key, value in earlier[base].items() if key != "effective_until"}
    try:
        full = {**changed(inherited, entry.get("changes", {})), **own}
    except SchemeError as error:
        raise SchemeError(_under(path, error.problems)) from error
    # What nobody has confirmed stays unconfirmed in the next version: a later list adds to the earlier one.
    full["unverified"] = [*inherited.get("unverified", ()), *own.get("unverified", ())]
    return full


def _under(path: str, problems: Sequence[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(path=f"{path}.changes.{problem.path}", message=problem.message, nearest=problem.nearest)


def _order_problems(versions: Sequence[PolicyVersion]) -> Iterator[Problem]:
    """Versions follow one another without a day that has two policies or none."""
    for index, (before, after) in enumerate(pairwise(versions), start=1):
        path = f"versions.{index}.effective_from"
        if after.effective_from <= before.effective_from:
            yield Problem(path=path, message=f"does not come after that of version {before.version}")
        elif before.effective_until is not None and before.effective_until >= after.effective_from:
            yield Problem(path=path, message=f"overlaps version {before.version}")
        elif before.effective_until is not None and before.effective_until + timedelta(days=1) < after.effective_from:
            yield Problem(path=path, message=f"leaves days without a policy after version {before.version}")


def _content_problems(versions: Sequence[PolicyVersion]) -> Iterator[Problem]:
    for index, version in enumerate(versions):
        for problem in (*statute_problems(version), *confirmation_problems(version)):
            yield Problem(path=f"versions.{index}.{problem.path}", message=problem.message)
