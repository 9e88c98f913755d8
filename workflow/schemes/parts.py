"""The parts of a policy version. Lengths carry their unit in the name; dates are inclusive at both ends."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.vocabulary import (
    ActivityKind,
    AgeBand,
    Audience,
    Authority,
    BehaviourKind,
    ClockOrigin,
    Door,
    OrganisationKind,
    Purpose,
)
from workflow.schemes.words import Channel, Handling, LimitUnit, Weekday

Minutes = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=1)]
# Clocks that every case has, or whose last day the referrer supplies.
RESERVED = frozenset({"start_48h", "limitation", "complete_by"})
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Part(BaseModel):
    """Frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dated(Part):
    """Something that holds from a day to a day, both included."""

    admitted_from: date
    admitted_until: date | None = None
    verified: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within the dates."""
        return self.admitted_from <= day and (self.admitted_until is None or day <= self.admitted_until)

    @model_validator(mode="after")
    def _until_follows_from(self) -> Self:
        if self.admitted_until is not None and self.admitted_until < self.admitted_from:
            msg = "admitted_until lies before admitted_from"
            raise ValueError(msg)
        return self


class DoorPolicy(Dated):
    """A door that the scheme opens (domain.md 0.2)."""


class Limit(Part):
    """A length of time with its authority, and a pause and a roll rule of its own (domain.md 13.1, 13.2)."""

    name: Key
    length: Count
    unit: LimitUnit
    origin: ClockOrigin
    authority: Authority
    pauses: bool
    rolls: bool
    last_day_included: bool = True
    extends_to: Count | None = None
    # Clocks of the Victims' Code and of youth justice are shown, never scored against the provider (domain.md 13.8).
    owner: OrganisationKind = OrganisationKind.PROVIDER

    @model_validator(mode="after")
    def _is_no_date_of_the_referrers(self) -> Self:
        """A limitation date is supplied by the referrer and never counted from the offence (domain.md 13.2)."""
        if self.name in RESERVED:
            msg = f"{self.name} is no name for a limit: the clock exists already, and its date is not counted here"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _statute_stands_still(self) -> Self:
        if self.authority is Authority.STATUTE and (self.pauses or self.rolls):
            msg = "a limit set by statute never pauses and never rolls"
            raise ValueError(msg)
        return self


class StartClock(Part):
    """The 48 hours: elapsed hours from each origin; the governing one is named by door (domain.md 0.1, R5, R7-R9)."""

    hours: Count
    origin: ClockOrigin
    origin_by_door: dict[Door, ClockOrigin] = Field(default_factory=dict)
    stop: Literal["first_attended_reparation"] = "first_attended_reparation"
    pauses: bool
    warn_before_hours: Count

    def governing(self, door: Door) -> ClockOrigin:
        """The origin that the scheme is judged by on this door."""
        return self.origin_by_door.get(door, self.origin)

    @model_validator(mode="after")
    def _origin_exists_on_the_door(self) -> Self:
        if self.governing(Door.NO_CRIME) is ClockOrigin.DISPOSAL:
            msg = "no disposal exists on the no-crime door: name another origin in origin_by_door.no_crime"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _warns_before_it_is_due(self) -> Self:
        if self.warn_before_hours >= self.hours:
            msg = "warn_before_hours is not shorter than hours"
            raise ValueError(msg)
        return self


class Clocks(Part):
    """Every clock that is not a limit of a basis."""

    start_48h: StartClock
    # Both run beside the 48 hours for a child (domain.md 2.2, R70).
    youth_justice: tuple[Limit, ...] = ()
    affected_person: tuple[Limit, ...] = ()
    missed_contact_working_days: Count


class BandHours(Part):
    """What one age band may work, in minutes, and between which local times (domain.md 6.4)."""

    session_minutes: Minutes
    day_minutes: Minutes
    week_minutes: Minutes
    case_minutes: Minutes
    earliest: time
    latest: time
    # Work that the scheme gives to nobody of this age, whatever a site allows (domain.md 6.4, R135).
    barred_activities: tuple[ActivityKind, ...] = ()

    @model_validator(mode="after")
    def _grows_from_session_to_case(self) -> Self:
        if not self.session_minutes <= self.day_minutes <= self.week_minutes <= self.case_minutes:
            msg = "minutes shrink somewhere from session to day to week to case"
            raise ValueError(msg)
        if self.earliest >= self.latest:
            msg = "earliest is not before latest"
            raise ValueError(msg)
        return self


class SchoolHours(Part):
    """Local times of a school day, Monday to Friday outside bank holidays, and the ages that it binds (R130)."""

    begins: time
    ends: time
    bands: Annotated[frozenset[AgeBand], Field(min_length=1)]

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begins >= self.ends:
            msg = "begins is not before ends"
            raise ValueError(msg)
        return self


class EvidenceWindows(Part):
    """How long a reason for an absence may take: word, then proof (domain.md 6.4, R127)."""

    contact_working_days: Count
    proof_days: Count


class ContactPolicy(Part):
    """How an affected person is sought before they count as unreachable (domain.md 3, 10 row 8, R170)."""

    attempts: Count
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    # After this a plan may go on with a community option, so that seeking a view never eats the 48 hours.
    consultation_hours: Count

    @property
    def first(self) -> Channel:
        """The channel of the first attempt."""
        return self.channels[0]


class Remedy(Part):
    """One action of the community remedy document; no activity means that the engine only records it (R38, R15)."""

    key: Key
    label: str
    activities: tuple[ActivityKind, ...] = ()
    purpose: Purpose
    listed_from: date
    listed_until: date | None = None

    @property
    def activity(self) -> ActivityKind | None:
        """The activity that comes nearest, if the scheme runs any."""
        return self.activities[0] if self.activities else None

    def is_listed_on(self, day: date) -> bool:
        """Whether the list of that day has it."""
        return self.listed_from <= day and (self.listed_until is None or day <= self.listed_until)


class RepeatRule(Part):
    """So many earlier cases within so many months call for this (domain.md 1.2, R21)."""

    earlier_cases: Count
    within_months: Count
    handling: Handling


class Eligibility(Part):
    """Who and what a scheme takes; ages in years at the behaviour (domain.md 1.3, 13.13)."""

    age_floor: Annotated[int, Field(ge=0, le=18)]
    excluded_behaviours: tuple[BehaviourKind, ...]
    repeat: RepeatRule
    co_accused: Handling
    under_court_order: Handling
    served_elsewhere: Handling
    stale_after_months: Count
    stale: Handling


class Strand(Part):
    """A part of a scheme with a provider or team of its own (domain.md 1.2, R25)."""

    key: Key
    label: str
    adults: bool
    children: bool


class Withheld(Part):
    """A field that one audience does not get here; a file can withhold, and only code can reveal."""

    audience: Audience
    field: Key


class Retention(Part):
    """Kept until the later of end + years and the eighteenth birthday + years, then reviewed (domain.md 5)."""

    years_after_end: Count
    years_after_18: Annotated[int, Field(ge=0)] | None = None
    review_first: bool = True


class Release(Part):
    """When a period's outcomes go out together, local time, so that no row tells its hour (contracts section 1)."""

    weeks: Count
    weekday: Weekday
    at: time


class NoticeTemplate(Part):
    """Which template says one kind of notice to one audience (contracts section 7)."""

    audience: Audience
    kind: Key
    language: Key
    channel: Channel
    template: str


class Unverified(Part):
    """A value that nobody from the scheme has confirmed, and where it came from (contracts section 7)."""

    path: str
    source: str
