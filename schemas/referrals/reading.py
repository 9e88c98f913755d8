"""The one door through which a message becomes a referral, or is refused with every fault at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeVar
from uuid import UUID

from pydantic import ValidationError

from schemas.problems import Problem, problem_at, problems_of
from schemas.referrals import HousingReferral, PoliceReferral, Referral, YouthJusticeReferral
from schemas.referrals.between import RULES, Formed, Sent, forbidden_on_this_door
from schemas.referrals.parse import REMEDIES, Unreadable, UnreadableReason, canonical, nested_too_deep, parse_body
from schemas.vocabulary import AgencyKind

__all__ = ["MODELS", "ReferralRejected", "Unreadable", "canonical", "parse_body", "read_referral"]

MODELS: Final[Mapping[AgencyKind, type[Referral]]] = MappingProxyType(
    {
        AgencyKind.POLICE: PoliceReferral,
        AgencyKind.YOUTH_JUSTICE: YouthJusticeReferral,
        AgencyKind.HOUSING: HousingReferral,
    }
)
MOST_ENTRIES: Final = 200
"""Of one list or object; the contract allows fewer, and more would only let one message cost seconds."""

_T = TypeVar("_T")


class ReferralRejected(ValueError):
    """A message that breaks the contract; carries each fault, and the message's id if that could be read."""

    def __init__(self, problems: tuple[Problem, ...], message_id: UUID | None) -> None:
        super().__init__("The referral breaks the contract: " + ", ".join(problem.code for problem in problems))
        self.problems = problems
        self.message_id = message_id


def read_referral(kind: AgencyKind, body: Mapping[str, object], received_at: datetime) -> Referral:
    """Return the referral; raise ReferralRejected with one problem for each field at fault, sorted by pointer."""
    return _without_fault(kind, body, received_at) or read_slowly(kind, body, received_at)


def _without_fault(kind: AgencyKind, body: Mapping[str, object], received_at: datetime) -> Referral | None:
    """Return the referral if nothing is wrong with it: the rules look at the model, and nothing is read twice."""
    if len(body) > MOST_ENTRIES:
        return None
    try:
        referral = MODELS[kind].model_validate(body)
    except (ValidationError, RecursionError):  # the latter from the words of an error about a value without end
        return None
    formed = Formed(body=body, received_at=received_at, referral=referral)
    broken = any(True for rule in (forbidden_on_this_door, *RULES) for _ in rule(formed))
    return None if broken else referral


def read_slowly(kind: AgencyKind, body: Mapping[str, object], received_at: datetime) -> Referral:
    """Do the same as `read_referral` by the way that finds every fault, on the message as it was sent."""
    if nested_too_deep(body):
        raise ReferralRejected((problem_at((), "too_deep", REMEDIES[UnreadableReason.TOO_DEEP]),), _message_id(body))
    sent = Sent(body={name: _cut(value) for name, value in _first(body.items())}, received_at=received_at)
    referral, faults_of_form = _formed(MODELS[kind], sent.body)
    faults_of_sense = (problem for rule in RULES for problem in rule(sent))
    problems = _one_a_field((*forbidden_on_this_door(sent), *faults_of_form, *faults_of_sense))
    if referral is None or problems:
        raise ReferralRejected(problems, _message_id(body))
    return referral


def _cut(value: object) -> object:
    """Return the value with no list or object longer than could ever be right: what is too long stays too long."""
    if isinstance(value, Mapping):
        return {name: _cut(one) for name, one in _first(value.items())}
    return [_cut(one) for one in _first(value)] if isinstance(value, list) else value


def _first(entries: Iterable[_T]) -> Iterable[_T]:
    return islice(entries, MOST_ENTRIES)


def _formed(model: type[Referral], body: Mapping[str, object]) -> tuple[Referral | None, tuple[Problem, ...]]:
    """Return the model or its faults, as values: an error raised from pydantic's would drag the data along."""
    try:
        return model.model_validate(dict(body)), ()
    except ValidationError as error:
        return None, problems_of(error, model)


def _one_a_field(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Keep the first problem told of each field."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.pointer, problem)
    return tuple(first[pointer] for pointer in sorted(first))


def _message_id(body: Mapping[str, object]) -> UUID | None:
    """Return the message's id if it is one."""
    sent = body.get("message_id")
    try:
        return UUID(sent) if isinstance(sent, str) else None
    except ValueError:
        return None
