"""What `amends policy check` finds: what is wrong with a policy file, and what nobody has confirmed yet."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workflow.schemes.confirmation import unverified_values
from workflow.schemes.model import Scheme
from workflow.schemes.problems import Problem, SchemeError
from workflow.schemes.reading import load_scheme, packaged_texts

SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A value that nobody has confirmed, with the versions in which it stands like that."""

    path: str
    value: Any
    source: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What was found in one file; a file with problems cannot be used at all."""

    file: str
    versions: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unverified: tuple[Unconfirmed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in all files."""

    files: tuple[FileReport, ...]

    @property
    def ok(self) -> bool:
        """Whether every file can be used; values that nobody confirmed do not stop that."""
        return not any(report.problems for report in self.files)


def check_policies(paths: Sequence[Path] = ()) -> Report:
    """Check the files, or those that the project ships if none is named; reads and never writes."""
    if paths:
        return Report(files=tuple(_check_path(path) for path in paths))
    return Report(files=tuple(_check_text(text, name) for name, text in packaged_texts().items()))


def render(report: Report, *, as_json: bool = False) -> str:
    """The report for a person, or as one line of JSON for a machine."""
    if as_json:
        return json.dumps({"ok": report.ok, **asdict(report)}, default=str, sort_keys=True)
    return "\n".join(line for found in report.files for line in _lines(found))


def _check_path(path: Path) -> FileReport:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return _unusable(path.name, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _unusable(path.name, "is not UTF-8 text")
    return _check_text(text, path.name)


def _unusable(name: str, message: str) -> FileReport:
    return FileReport(file=name, problems=(Problem(path=name, message=message),))


def _check_text(text: str, name: str) -> FileReport:
    try:
        scheme = load_scheme(text, name)
    except SchemeError as error:
        return FileReport(file=name, problems=error.problems)
    versions = tuple(version.version for version in scheme.versions)
    return FileReport(file=name, versions=versions, unverified=tuple(_unconfirmed(scheme)))


def _unconfirmed(scheme: Scheme) -> Iterator[Unconfirmed]:
    """Each value once, however many versions carry it on unchanged."""
    seen: dict[tuple[str, str, str], list[str]] = {}
    values: dict[tuple[str, str, str], Any] = {}
    for version in scheme.versions:
        for entry in unverified_values(version):
            key = (entry.path, _compact(entry.value), entry.source)
            values[key] = entry.value
            seen.setdefault(key, []).append(version.version)
    for key, versions in seen.items():
        yield Unconfirmed(path=key[0], value=values[key], source=key[2], versions=tuple(versions))


def _lines(found: FileReport) -> Iterator[str]:
    yield f"{found.file}: {_verdict(found)}"
    for problem in found.problems:
        yield f"  wrong       {problem}"
    for entry in found.unverified:
        yield f"  unverified  {entry.path} = {_shown(entry.value)}  [{', '.join(entry.versions)}]  {entry.source}"


def _verdict(found: FileReport) -> str:
    if found.problems:
        return f"cannot be used, {len(found.problems)} wrong"
    return f"versions {', '.join(found.versions)}; {len(found.unverified)} values that nobody has confirmed"


def _shown(value: Any) -> str:
    """A value on one line; of a table or a long list only how much there is of it."""
    compact = _compact(value)
    if len(compact) <= SHOWN:
        return compact
    return f"({len(value)} {'settings' if isinstance(value, Mapping) else 'entries'})"


def _compact(value: Any) -> str:
    return json.dumps(value, default=str)
