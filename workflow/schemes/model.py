"""A scheme and its dated policy versions; a case pins the version it began under (contracts section 7)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from schemas.vocabulary import AgeBand, Basis, Door
from workflow.schemes.basis import BasisPolicy
from workflow.schemes.changes import changed
from workflow.schemes.parts import (
    BandHours,
    Clocks,
    ContactPolicy,
    Count,
    DoorPolicy,
    Eligibility,
    EvidenceWindows,
    Key,
    NoticeTemplate,
    Part,
    Release,
    Remedy,
    Retention,
    SchoolHours,
    Strand,
    Unverified,
    Withheld,
)
from workflow.schemes.problems import SchemeError, explain
from workflow.schemes.words import ClearanceRule

CRIMINAL_RESPONSIBILITY = 10


class PolicyVersion(Part):
    """One dated version of a scheme's policy, complete in itself."""

    version: str
    effective_from: date
    effective_until: date | None = None
    doors: dict[Door, DoorPolicy]
    bases: dict[Basis, BasisPolicy]
    consequences: dict[Key, str]
    clocks: Clocks
    age_bands: dict[AgeBand, BandHours]
    school_hours: SchoolHours | None = None
    workshop_first: bool
    clearance: dict[Door, ClearanceRule]
    eligibility: Eligibility
    evidence: EvidenceWindows
    contact: ContactPolicy
    remedies: tuple[Remedy, ...]
    reminder_hours: tuple[Count, ...]
    return_lead_days: Count
    grace_minutes: Annotated[int, Field(ge=0)]
    withheld: tuple[Withheld, ...] = ()
    retention: dict[Key, Retention]
    division: Literal["england-and-wales"]
    languages: Annotated[tuple[Key, ...], Field(min_length=1)]
    release: Release
    notices: tuple[NoticeTemplate, ...] = ()
    strands: tuple[Strand, ...] = ()
    unverified: tuple[Unverified, ...] = ()

    def admits(self, *, door: Door, basis: Basis, day: date) -> bool:
        """Whether a referral through this door on this basis may be taken on that day."""
        opened, policy = self.doors.get(door), self.bases.get(basis)
        if opened is None or policy is None or policy.door is not door:
            return False
        return opened.holds_on(day) and policy.holds_on(day)

    def clearance_on(self, door: Door) -> ClearanceRule:
        """Whether a child waits for youth justice on this door; silence means yes (domain.md 13.6)."""
        return self.clearance.get(door, ClearanceRule.REQUIRED)

    def remedies_on(self, day: date) -> tuple[Remedy, ...]:
        """The community remedy list as it stood on that day."""
        return tuple(remedy for remedy in self.remedies if remedy.is_listed_on(day))

    def consequence(self, basis: Basis) -> str:
        """What the participant is told may follow if the work is not done, in the scheme's words."""
        return self.consequences[self.bases[basis].consequence]

    def with_overrides(self, overrides: Mapping[str, Any]) -> Self:
        """The same version with some dotted paths set otherwise, for rehearsals; SchemeError names what is wrong."""
        try:
            return type(self).model_validate(changed(self.model_dump(mode="json"), overrides))
        except ValidationError as error:
            raise SchemeError(explain(error, type(self))) from error

    @model_validator(mode="after")
    def _every_door_is_known(self) -> Self:
        closed = sorted(basis for basis, policy in self.bases.items() if policy.door not in self.doors)
        if closed:
            msg = f"bases on a door that the scheme does not open: {', '.join(closed)}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _every_consequence_has_words(self) -> Self:
        mute = sorted({policy.consequence for policy in self.bases.values()} - set(self.consequences))
        if mute:
            msg = f"consequences without words: {', '.join(mute)}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _every_age_has_hours(self) -> Self:
        needed = (
            set(AgeBand) if self.eligibility.age_floor < CRIMINAL_RESPONSIBILITY else set(AgeBand) - {AgeBand.UNDER_10}
        )
        missing = sorted(needed - set(self.age_bands))
        if missing:
            msg = f"age bands without hours: {', '.join(missing)}"
            raise ValueError(msg)
        return self


class Scheme(Part):
    """A tenant's policy through time, oldest version first."""

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    versions: Annotated[tuple[PolicyVersion, ...], Field(min_length=1)]

    def on(self, day: date) -> PolicyVersion:
        """The version in force on that day; LookupError if none was."""
        for version in reversed(self.versions):
            if version.effective_from <= day:
                if version.effective_until is None or day <= version.effective_until:
                    return version
                break
        msg = f"{self.slug} has no policy on {day.isoformat()}"
        raise LookupError(msg)

    def version(self, name: str) -> PolicyVersion:
        """The version that a case pinned; LookupError if the scheme never had it."""
        found = self._by_name().get(name)
        if found is None:
            msg = f"{self.slug} has no policy version {name}"
            raise LookupError(msg)
        return found

    def with_overrides(self, overrides: Mapping[str, Any]) -> Self:
        """Every version with some paths set otherwise; an earlier one that lacks such a path stays as it was."""
        *earlier, newest = self.versions
        changed_newest = newest.with_overrides(overrides)
        kept = [_overridden_if_possible(version, overrides) for version in earlier]
        return self.model_copy(update={"versions": (*kept, changed_newest)})

    def _by_name(self) -> Mapping[str, PolicyVersion]:
        return {version.version: version for version in self.versions}


def _overridden_if_possible(version: PolicyVersion, overrides: Mapping[str, Any]) -> PolicyVersion:
    """What an older version never had cannot be set there."""
    try:
        return version.with_overrides(overrides)
    except SchemeError:
        return version
