"""All that is wrong with a scenario before it is played: each mistake once, with its line and its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deploy.rehearse import defaults
from deploy.rehearse.acting import agency_of, unknown
from deploy.rehearse.findings import AUDIENCE_TOPICS
from deploy.rehearse.places import Place, ScenarioError, lines_of, read_yaml
from deploy.rehearse.player import scheme_of
from deploy.rehearse.scenario import (
    AGENCY_WORDS,
    By,
    Do,
    Expect,
    Refused,
    Rejected,
    Scenario,
    Step,
    format_problems,
    place_of,
)
from schemas.commands import COMMANDS, Command
from schemas.problems import problems_of
from schemas.referrals.reading import ReferralRejected, read_referral
from schemas.vocabulary import Role
from workflow.handlers.requests import Disposition
from workflow.machine.decisions import REASONS
from workflow.portal.api.case_shapes import CaseView
from workflow.schemes.problems import SchemeError

Found = tuple[Place, str]
# Words of a scenario that stand for ids which only the play knows.
STAND_INS = frozenset({"affected", "session", "other_case"})
SCHEME = Scenario.model_fields["scheme"].default
CODES = frozenset({*REASONS, *Disposition})


def checked_scenario(path: Path) -> Scenario:
    """Read a file; raise ScenarioError with every mistake that shows before it is played."""
    raw, lines, twice = read_yaml(path)
    found = dict.fromkeys((*twice, *_mistakes(raw)))
    if found:
        told = sorted(((lines_of(lines, place), place, words) for place, words in found), key=lambda one: one[0])
        raise ScenarioError(path.name, tuple(f"line {line}: {_pointer(place)}{words}" for line, place, words in told))
    return Scenario.model_validate(raw)


def _pointer(place: Place) -> str:
    return f"{'/'.join(('', *map(str, place)))}: " if place else ""


def _mistakes(raw: object) -> Iterator[Found]:
    """Yield what breaks the format, and what the steps that keep it say of things that are not there."""
    yield from format_problems(raw)
    if not isinstance(raw, dict):
        return
    yield from _about_the_scheme(raw)
    steps = raw.get("steps")
    walk = Walk(scheme=str(raw.get("scheme", SCHEME)), timed=raw.get("opens_at") is not None)
    for number, one in enumerate(steps if isinstance(steps, list) else ()):
        for place, words in walk.step(one):
            yield ("steps", number, *place), words


def _about_the_scheme(raw: Mapping[str, Any]) -> Iterator[Found]:
    try:
        scheme_of(
            Scenario.model_construct(scheme=str(raw.get("scheme", SCHEME)), policy=raw.get("policy") or {}, steps=())
        )
    except ScenarioError as error:
        yield from ((("scheme",), words) for words in error.problems)
    except SchemeError as error:
        yield from ((("policy",), str(problem)) for problem in error.problems)
    except (TypeError, AttributeError):
        return  # the format has said it


@dataclass(slots=True)
class Walk:
    """The steps one after the other: what time it is, and which cases there are by then."""

    scheme: str
    timed: bool = False
    now: datetime | None = None
    cases: list[str] = field(default_factory=list)

    def step(self, raw: object) -> Iterator[Found]:
        """Yield the mistakes of a step that keeps the format; of another one, only the case that it would make."""
        try:
            step = Step.model_validate(raw)
        except ValidationError:
            self._remember(raw)
            return
        yield from self._time(step)
        if step.refer or step.rejected:
            yield from self._referral(step)
        for name, asked in (("do", step.do), ("refused", step.refused)):
            yield from (((name, *place), words) for place, words in self._asked(asked) if asked is not None)
        for number, expect in enumerate(step.expect or ()):
            yield from ((("expect", number, *place), words) for place, words in self._expectation(expect))

    def _remember(self, raw: object) -> None:
        if not isinstance(raw, dict):
            return
        self.timed = self.timed or "at" in raw
        for part in raw.values():
            if isinstance(part, dict) and isinstance(part.get("as"), str):
                self.cases.append(part["as"])

    def _time(self, step: Step) -> Iterator[Found]:
        if step.at is None and not self.timed:
            yield (), "no step up to here says `at`; give the first one a time"
        self.timed = True
        if step.at and self.now and step.at < self.now:
            yield ("at",), "it lies before the step above it"
        self.now = step.at or self.now

    def _referral(self, step: Step) -> Iterator[Found]:
        name, refer = ("refer", step.refer) if step.refer else ("rejected", step.rejected)
        assert refer is not None  # noqa: S101 - the caller has looked
        self.cases.append(refer.known_as)
        try:
            kind, slug = agency_of(refer.agency, self.scheme, name)
        except ScenarioError as error:
            yield (name, "agency"), error.problems[0]
            return
        if self.now is None or isinstance(refer, Rejected):
            return
        given = dict(refer.model_extra or {})
        try:
            body = defaults.referral_body(kind, refer.known_as, given, self.now) | {"agency": slug}
            read_referral(kind, body, self.now)
        except ReferralRejected as rejected:
            yield from (((name, *place_of(one.pointer)), one.message) for one in rejected.problems)
        except (AttributeError, TypeError):
            yield (name,), "a part of it is no object with named fields"

    def _asked(self, asked: Do | Refused | None) -> Iterator[Found]:
        if asked is None:
            return
        if asked.case not in self.cases:
            yield ("case",), unknown("referral made as", asked.case, self.cases)
        if asked.command in COMMANDS:
            yield from _data(COMMANDS[asked.command], asked.data)
        yield from _actor(asked.by)
        if isinstance(asked, Refused) and asked.code not in CODES:
            yield ("code",), unknown("reason", asked.code, sorted(CODES))
        if isinstance(asked, Do) and asked.opens:
            self.cases.append(asked.opens)

    def _expectation(self, expect: Expect) -> Iterator[Found]:
        name = "view" if expect.view is not None else "case"
        case = expect.view if expect.view is not None else expect.case
        if case is not None and case not in self.cases:
            yield (name,), unknown("referral made as", case, self.cases)
        slugs = [row.slug for row in defaults.organisations(self.scheme)]
        audiences = [*AUDIENCE_TOPICS, *AGENCY_WORDS, *slugs]
        if expect.notices is not None:
            if expect.notices not in audiences:
                yield ("notices",), unknown("audience", expect.notices, audiences)
        elif expect.case is not None:
            fields = [*CaseView.model_fields]
            yield from (((key,), unknown("field of a case", key, fields)) for key in expect.rest if key not in fields)
        elif (seen_by := expect.rest["as"].get("organisation")) not in slugs:
            yield ("as", "organisation"), unknown("organisation", str(seen_by), slugs)


def _data(kind: type[Command], data: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with the data that is given; what is left out will be filled in."""
    given = {name: value for name, value in data.items() if name not in STAND_INS}
    try:
        kind.model_validate(given)
    except ValidationError as error:
        for problem in problems_of(error, kind):
            place = place_of(problem.pointer)
            if place and place[0] in given:
                yield ("data", *place), problem.message


def _actor(by: By | None) -> Iterator[Found]:
    known = [*(str(role) for role in Role), *AGENCY_WORDS]
    if by is not None and by.role not in known:
        yield ("by", "role"), unknown("role", by.role, known)
