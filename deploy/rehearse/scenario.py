"""The format of a scenario file (contracts section 6): strict, with the nearest known word for a misspelt one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.commands import COMMANDS
from schemas.problems import nearest, problems_of
from schemas.vocabulary import AgencyKind

BOOLEAN = "tag:yaml.org,2002:bool"
KEYS_OF_NOTICES = frozenset({"count", "contain", "never_contain"})


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans: `on` and `no` are words, as a limitation's `on:` needs."""


# Resolvers are listed by the first letter of what they read; the inherited lists are not ours to change.
Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != BOOLEAN or first in "tTfF"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class ScenarioError(Exception):
    """A scenario file that cannot be played; each problem names where and the remedy."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        """Name the file and its problems."""
        super().__init__("; ".join((f"{name} cannot be played", *problems)))
        self.name = name
        self.problems = problems


class Part(BaseModel):
    """Unknown keys are errors: a misspelt expectation is one that is never checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class By(Part):
    """Who acts: a role at the provider, or an agency by kind; the organisation may be left out."""

    role: str
    name: str = "A"
    organisation: str | None = None


class Refer(BaseModel):
    """A referral under a name; all other keys are the referral contract's and may be left out."""

    model_config = ConfigDict(frozen=True, extra="allow")
    agency: str = "police"
    known_as: str = Field(alias="as")


class Rejected(Refer):
    """A referral that breaks the contract; `naming` lists the JSON pointers of all that is wrong with it."""

    naming: tuple[str, ...] = ()


class Asked(Part):
    """A command about a case."""

    case: str
    command: str
    data: dict[str, Any] = Field(default_factory=dict)
    by: By | None = None


class Do(Asked):
    """A command that the rules must take; `as` names the case that it opens, as a transfer does."""

    opens: str | None = Field(default=None, alias="as")


class Refused(Asked):
    """A command that the rules must refuse, with this code."""

    code: str
    shown_code: str | None = Field(default=None, description="What roles that may not know see instead.")


class ViewAs(Part):
    """Whose eyes."""

    organisation: str


class Expect(BaseModel):
    """One expectation: a case's fields, an audience's notices, or what an organisation can see."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    case: str | None = None
    notices: str | None = None
    view: str | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> "Expect":
        if sum(part is not None for part in (self.case, self.notices, self.view)) == 0:
            msg = "an expectation says case, notices or view"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _known_keys(self) -> "Expect":
        known = KEYS_OF_NOTICES if self.notices is not None else None
        wrong = [key for key in self.rest if known is not None and key not in known]
        if wrong:
            guess = nearest(wrong[0], tuple(sorted(KEYS_OF_NOTICES)))
            msg = f"notices have no {wrong[0]}" + (f"; did you mean {guess}?" if guess else "")
            raise ValueError(msg)
        if self.view is not None and not isinstance(self.rest.get("as"), dict):
            msg = "a view says as whom: as: {organisation: high-peak-homes}"
            raise ValueError(msg)
        return self

    @property
    def rest(self) -> dict[str, Any]:
        """The keys beside the subject."""
        return dict(self.model_extra or {})


class Step(Part):
    """One step; exactly one of refer, do, refused, rejected, expect."""

    at: AwareDatetime | None = None
    refer: Refer | None = None
    rejected: Rejected | None = None
    do: Do | None = None
    refused: Refused | None = None
    expect: tuple[Expect, ...] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Step":
        things = (self.refer, self.rejected, self.do, self.refused, self.expect)
        if sum(thing is not None for thing in things) != 1:
            msg = "a step does exactly one of refer, rejected, do, refused, expect"
            raise ValueError(msg)
        return self


class Scenario(Part):
    """A whole rehearsal."""

    title: str = ""
    scheme: str = "derbyshire"
    policy: dict[str, Any] = Field(default_factory=dict)
    opens_at: AwareDatetime | None = None
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def ends(self) -> datetime:
        """The last instant of the rehearsal."""
        return max((step.at for step in self.steps if step.at), default=self.begins)

    @property
    def begins(self) -> datetime:
        """The first instant of the rehearsal."""
        first = self.opens_at or next((step.at for step in self.steps if step.at), None)
        if first is None:
            raise ScenarioError("the scenario", ("no step says `at`; give the first one a time",))
        return first


AGENCY_WORDS: Mapping[str, AgencyKind] = {kind.value.replace("_", "-"): kind for kind in AgencyKind} | {
    kind.value: kind for kind in AgencyKind
}


def read_scenario(path: Path) -> Scenario:
    """Read a file; raise ScenarioError with every problem at once."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ScenarioError(str(path), (f"the file cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(path.name, ("it is not UTF-8 text",)) from error
    except yaml.YAMLError as error:
        raise ScenarioError(path.name, (f"it is not YAML: {getattr(error, 'problem', error)}",)) from error
    except ValueError as error:  # YAML's own dates are read by Python's
        raise ScenarioError(path.name, (f"a date in it cannot be: {error}",)) from error
    except RecursionError:
        raise ScenarioError(path.name, ("it is nested too deep",)) from None
    return parse_scenario(raw, path.name)


def parse_scenario(raw: object, name: str) -> Scenario:
    """Check what a file holds; raise ScenarioError with every problem at once."""
    if not isinstance(raw, dict):
        raise ScenarioError(name, ("it must be a mapping with `scheme` and `steps`",))
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise ScenarioError(name, tuple(_lines(error))) from error
    unknown = tuple(_unknown_command(step) for step in scenario.steps)
    problems = tuple(problem for problem in unknown if problem)
    if problems:
        raise ScenarioError(name, problems)
    return scenario


def _lines(error: ValidationError) -> Iterator[str]:
    """Yield a line a problem; a rule of the format speaks for itself, the rest is worded as everywhere."""
    rules = {_pointer(one["loc"]): str(one["ctx"]["error"]) for one in error.errors() if one["type"] == "value_error"}
    for problem in problems_of(error, Scenario):
        yield f"{problem.pointer}: {rules.get(problem.pointer, problem.message)}"


def _pointer(place: tuple[int | str, ...]) -> str:
    return "".join(f"/{part}" for part in place)


def _unknown_command(step: Step) -> str | None:
    asked = step.do or step.refused
    if asked is None or asked.command in COMMANDS:
        return None
    guess = nearest(asked.command, tuple(COMMANDS))
    return f"there is no command {asked.command}" + (f"; did you mean {guess}?" if guess else "")
