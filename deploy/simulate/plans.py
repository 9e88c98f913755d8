"""What is going to happen to one referral, decided before anything does."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from deploy.simulate.incidents import Incident
from deploy.simulate.organisations import DemoOrganisation
from deploy.simulate.population import Fate
from schemas.vocabulary import Basis, Door, OrganisationKind

LONDON = ZoneInfo("Europe/London")
OPENS_ON = date(2026, 3, 2)
OF_AGE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The moments of a referral; what its door lacks is None."""

    sent_at: datetime
    began_at: datetime
    decided_at: datetime | None = None
    disposal_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The participant: `person` is the number that names him or her, `alike` one of the same surname and birthday."""

    person: int
    age: int
    in_county: bool
    alike: int | None = None

    @property
    def child(self) -> bool:
        """Whether the participant is under eighteen."""
        return self.age < OF_AGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPlan:
    """One referral and the life that it opens."""

    seed: int
    number: int
    opens_on: date
    part: str | None
    incident: Incident
    agency: DemoOrganisation
    door: Door
    basis: Basis
    minutes: int
    who: Who
    when: When
    fate: Fate
    traits: frozenset[str]
    affected: tuple[str, ...]

    @property
    def scheme(self) -> str:
        """The scheme that the agency refers into."""
        return self.agency.scheme

    @property
    def by_topic(self) -> bool:
        """Police send by HTTP; youth justice and housing each through their own pair of topics."""
        return self.agency.kind is not OrganisationKind.POLICE

    def has(self, trait: str) -> bool:
        """Whether something rare is planned for this referral."""
        return trait in self.traits
