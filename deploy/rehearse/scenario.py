"""The format of a scenario file (contracts section 6): strict, with the nearest known word for a misspelt one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from deploy.rehearse.places import Place, ScenarioError, read_yaml
from schemas.commands import COMMANDS
from schemas.problems import name_of, nearest, problems_of
from schemas.vocabulary import AgencyKind

OWN_WORDS: Mapping[str, str] = {
    "value_error": "{error}",
    "timezone_aware": "the time lacks its offset; write it like 2026-06-09T16:10+01:00",
    "too_short": "there is no step; begin with one that refers somebody",
}
KEYS_OF_NOTICES = frozenset({"count", "contain", "never_contain"})


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
    """Read a file; raise ScenarioError with every problem of its format at once."""
    return parse_scenario(read_yaml(path)[0], path.name)


def parse_scenario(raw: object, name: str) -> Scenario:
    """Check what a file holds; raise ScenarioError with every problem of its format at once."""
    problems = [f"{'/'.join(('', *map(str, place)))}: {words}" for place, words in format_problems(raw)]
    if problems:
        raise ScenarioError(name, tuple(problems))
    return Scenario.model_validate(raw)


def format_problems(raw: object) -> Iterator[tuple[Place, str]]:
    """Yield place and words of all that breaks the format; a rule of the format speaks for itself."""
    if not isinstance(raw, dict):
        yield (), "it must be a mapping with `scheme` and `steps`"
        return
    try:
        Scenario.model_validate(raw)
    except ValidationError as error:
        yield from _told(error)
    yield from _unknown_commands(raw.get("steps"))


def _told(error: ValidationError) -> Iterator[tuple[Place, str]]:
    rules: dict[Place, str] = {}
    for one in error.errors():
        if one["type"] in OWN_WORDS:
            rules[one["loc"]] = OWN_WORDS[one["type"]].format_map(one.get("ctx", {}))
    found = {place_of(problem.pointer): problem for problem in problems_of(error, Scenario)}
    if len(found) > 1:
        # A list is also called too short once an entry of it is wrong: no mistake of its own.
        found.pop(("steps",), None)
    for place, problem in found.items():
        words = problem.message.replace(name_of(place), str(place[-1]) if place else "it", 1)
        yield place, rules.get(place, words.replace("is not a field of the contract", "is not known here"))


def _unknown_commands(steps: object) -> Iterator[tuple[Place, str]]:
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        for name in ("do", "refused"):
            asked = step.get(name) if isinstance(step, dict) else None
            command = asked.get("command") if isinstance(asked, dict) else None
            if isinstance(command, str) and command not in COMMANDS:
                guess = nearest(command, tuple(COMMANDS))
                words = f"there is no command {command}" + (f"; did you mean {guess}?" if guess else "")
                yield ("steps", number, name, "command"), words


def place_of(pointer: str) -> Place:
    """Return the place that a JSON pointer names."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    return tuple(int(step) if step.isdigit() else step for step in steps)
