"""Which values of a policy nobody has confirmed yet (contracts section 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workflow.schemes.changes import value_at
from workflow.schemes.model import PolicyVersion
from workflow.schemes.problems import Problem, SchemeError

UNCONFIRMED = "nobody from the scheme has confirmed that this is admitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedValue:
    """A value as it stands, and why it needs somebody from the scheme to look at it."""

    path: str
    value: Any
    source: str


def unverified_values(version: PolicyVersion) -> tuple[UnverifiedValue, ...]:
    """Every door, basis and value that nobody from the scheme has confirmed, in the file's order."""
    return (*_unconfirmed_dates(version), *_listed(version))


def is_verified(version: PolicyVersion, path: str) -> bool:
    """Whether a value may be shown without a mark: neither it nor anything it is part of is unverified."""
    marked = {value.path for value in unverified_values(version)}
    parts = path.split(".")
    return not any(".".join(parts[:length]) in marked for length in range(1, len(parts) + 1))


def confirmation_problems(version: PolicyVersion) -> Iterator[Problem]:
    """Each path of the unverified list that leads nowhere."""
    raw = version.model_dump(mode="json")
    for entry in version.unverified:
        try:
            value_at(raw, entry.path)
        except SchemeError as error:
            yield Problem(path="unverified", message=f"has a path that leads nowhere: {error}")


def _unconfirmed_dates(version: PolicyVersion) -> Iterator[UnverifiedValue]:
    listed = {entry.path for entry in version.unverified}
    for path, dated in (
        *((f"doors.{door}.admitted_from", policy) for door, policy in version.doors.items()),
        *((f"bases.{basis}.admitted_from", policy) for basis, policy in version.bases.items()),
    ):
        if not dated.verified and path not in listed:
            yield UnverifiedValue(path=path, value=dated.admitted_from.isoformat(), source=UNCONFIRMED)


def _listed(version: PolicyVersion) -> Iterator[UnverifiedValue]:
    raw = version.model_dump(mode="json")
    for entry in version.unverified:
        yield UnverifiedValue(path=entry.path, value=value_at(raw, entry.path), source=entry.source)
