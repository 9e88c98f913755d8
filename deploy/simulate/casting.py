"""Who plays what: one plan a referral, rare parts by rule and everything else by the file's rates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import cast

from deploy.simulate.draw import Draw
from deploy.simulate.incidents import Incident
from deploy.simulate.organisations import DemoOrganisation, Register, read_register
from deploy.simulate.plans import LONDON, OF_AGE, OPENS_ON, ReferralPlan, When, Who
from deploy.simulate.population import Fate, Part, Population
from schemas.vocabulary import AgencyKind, Basis, BehaviourKind, Door

WINDOW_DAYS = 28
FIRST_HOUR, LAST_HOUR = 8, 19
EARLY_WEEK = 3
OLDER_CHILD = 14
K = BehaviourKind
EXCLUDED: Mapping[str, frozenset[BehaviourKind]] = MappingProxyType(
    {
        "derbyshire": frozenset({K.BURGLARY, K.ROBBERY, K.SEXUAL_OFFENCE, K.WEAPON}),
        "durham": frozenset({K.BURGLARY, K.ROBBERY, K.SEXUAL_OFFENCE, K.WEAPON, K.VEHICLE_CRIME}),
    }
)
NO_CRIME_KINDS = frozenset({K.ANTI_SOCIAL_BEHAVIOUR, K.CRIMINAL_DAMAGE, K.PUBLIC_ORDER})
NO_CRIME_BASES = frozenset(
    {Basis.ABC, Basis.CPW, Basis.TENANCY_WARNING, Basis.SECOND_ASB_LETTER, Basis.HOUSING_REFERRAL}
)
ONLY_IN_DURHAM = Basis.DEFERRED_PROSECUTION
AS_DRAWN = Part(name="", fate="complete")


def plan_referrals(
    incidents: Sequence[Incident], population: Population, *, seed: int, count: int, opens_on: date = OPENS_ON
) -> tuple[ReferralPlan, ...]:
    """Return the plans in number order; a smaller count fills the first parts of the file alone."""
    casting = Casting(population=population, draw=Draw(seed), opens_on=opens_on, register=read_register())
    pool = _Pool(incidents, casting.draw)
    numbers = casting.draw.shuffled(range(1, count + 1), "parts")
    parts = dict(zip(numbers, population.parts, strict=False))
    plans: dict[int, ReferralPlan] = {}
    former: ReferralPlan | None = None
    for number in (*parts, *sorted(set(numbers) - set(parts))):
        part = parts.get(number, AS_DRAWN)
        shared = former if part.with_former else None
        incident = shared.incident if shared else pool.take(_wishes(part))
        plans[number] = former = casting.plan(number, part, incident, shared)
    return tuple(plans[number] for number in sorted(plans))


class _Pool:
    """Incidents, each used once before any is used again."""

    def __init__(self, incidents: Sequence[Incident], draw: Draw) -> None:
        self._all = draw.shuffled(incidents, "incidents")
        self._rest = list(reversed(self._all))

    def take(self, wishes: Sequence[Callable[[Incident], bool]]) -> Incident:
        """Return an incident by the first wish that any can meet, else the next one."""
        for wish in wishes:
            for place in range(len(self._rest) - 1, -1, -1):
                if wish(self._rest[place]):
                    return self._rest.pop(place)
            again = next((incident for incident in self._all if wish(incident)), None)
            if again is not None:
                return again
        self._rest = self._rest or list(reversed(self._all))
        return self._rest.pop()


def _wishes(part: Part) -> tuple[Callable[[Incident], bool], ...]:
    """What kind of incident a part asks for, strictest first: any file must do."""
    if not part.name:
        return ()

    def right_kind(incident: Incident) -> bool:
        if part.kinds:
            return incident.kind in part.kinds
        no_crime = part.basis in NO_CRIME_BASES
        fits = incident.kind in NO_CRIME_KINDS if no_crime else incident.kind is not K.ANTI_SOCIAL_BEHAVIOUR
        return fits and incident.kind not in EXCLUDED[incident.scheme]

    return (lambda incident: part.scheme in {None, incident.scheme} and right_kind(incident), right_kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """What every plan of one run shares."""

    population: Population
    draw: Draw
    opens_on: date
    register: Register

    def plan(self, number: int, part: Part, incident: Incident, former: ReferralPlan | None) -> ReferralPlan:
        """Return one plan; `former` is the one whose person or surname this part shares."""
        who = self._who(number, part, former)
        door = self._door(number, part, incident)
        kind = part.agency or self._kind(number, door, child=who.child)
        return ReferralPlan(
            seed=self.draw.seed,
            number=number,
            opens_on=self.opens_on,
            part=part.name or None,
            incident=incident,
            agency=self._agency(number, incident.scheme, kind, in_county=who.in_county),
            door=door,
            basis=self._basis(number, part, incident.scheme, (door, kind, who.child)),
            minutes=self._minutes(number, part, who.age),
            who=who,
            when=self._when(number, part, door, former),
            fate=self._fate(number, part, incident),
            traits=part.traits if part.name else self._traits(number, door),
            affected=self._affected(number) if part.affected is None else part.affected,
        )

    def _mixed(self, mix: str, number: int) -> str:
        return self.draw.weighted(self.population.mixes[mix], mix, number)

    def _often(self, rate: str, number: int) -> bool:
        return self.draw.chance(self.population.rates[rate], rate, number)

    def _fate(self, number: int, part: Part, incident: Incident) -> Fate:
        if incident.kind in EXCLUDED[incident.scheme]:
            return "declined"
        return part.fate if part.name else cast("Fate", self._mixed("fate", number))

    def _who(self, number: int, part: Part, former: ReferralPlan | None) -> Who:
        if former is not None and part.with_former == "same_person":
            return former.who
        child = self._often("child", number) if part.child is None else part.child
        age = int(self._mixed("child_age", number)) if child else self.draw.whole(OF_AGE, 60, "age", number)
        alike = former.number if former is not None and part.with_former == "alike" else None
        if alike is not None and former is not None:
            age = former.who.age
        return Who(person=number, age=age, in_county=self._often("county", number), alike=alike)

    def _door(self, number: int, part: Part, incident: Incident) -> Door:
        """Anti-social behaviour is no crime; police and landlords use both doors (domain.md 13.14)."""
        if part.basis is not None:
            return Door.NO_CRIME if part.basis in NO_CRIME_BASES else Door.CRIME_OOCR
        by_housing = incident.kind in NO_CRIME_KINDS and self._often("crime_by_housing", number)
        return Door.NO_CRIME if by_housing or incident.kind is K.ANTI_SOCIAL_BEHAVIOUR else Door.CRIME_OOCR

    def _kind(self, number: int, door: Door, *, child: bool) -> AgencyKind:
        if door is Door.CRIME_OOCR:
            return AgencyKind(self._mixed("agency_crime_child", number)) if child else AgencyKind.POLICE
        return AgencyKind(self._mixed(f"agency_no_crime_{'child' if child else 'adult'}", number))

    def _agency(self, number: int, scheme: str, kind: AgencyKind, *, in_county: bool) -> DemoOrganisation:
        agencies = self.register.agencies(scheme, kind)
        if kind is AgencyKind.YOUTH_JUSTICE:
            return agencies[1 if in_county else 0]
        return self.draw.pick(agencies, "agency", number)

    def _basis(self, number: int, part: Part, scheme: str, case: tuple[Door, AgencyKind, bool]) -> Basis:
        if part.basis is not None and (scheme == "durham" or part.basis is not ONLY_IN_DURHAM):
            return part.basis
        door, kind, child = case
        if door is Door.CRIME_OOCR:
            return Basis(self._mixed(f"basis_crime_{'child' if child else 'adult'}", number))
        of_child = "_child" if child and kind is AgencyKind.HOUSING else ""
        return Basis(self._mixed(f"basis_no_crime_{kind}{of_child}", number))

    def _minutes(self, number: int, part: Part, age: int) -> int:
        if part.minutes is not None:
            return part.minutes
        if age >= OF_AGE:
            return int(self._mixed("minutes_adult", number))
        return int(self._mixed("minutes_older_child" if age >= OLDER_CHILD else "minutes_child", number))

    def _when(self, number: int, part: Part, door: Door, former: ReferralPlan | None) -> When:
        sent = self._sent_at(number, part)
        if former is not None:
            later = timedelta(hours=4) if part.with_former == "same_person" else timedelta(days=1)
            sent = former.when.sent_at + later
        fresh = "swift" in part.traits
        ago = timedelta(days=0 if fresh else self.draw.whole(0, 13, "days_ago", number))
        began = sent - ago - timedelta(minutes=5 * self.draw.whole(60, 130, "minutes_ago", number))
        if former is not None and part.with_former == "same_person":
            began = former.when.began_at
        decided = sent - timedelta(minutes=5 * self.draw.whole(24, 50, "decided", number))
        disposal = sent - timedelta(minutes=5 * self.draw.whole(6, 20, "disposal", number))
        if door is Door.NO_CRIME:
            return When(sent_at=sent, began_at=began)
        return When(sent_at=sent, began_at=began, decided_at=decided, disposal_at=disposal)

    def _sent_at(self, number: int, part: Part) -> datetime:
        """A quarter of an hour in the four weeks; early in a week where the part needs the days after it."""
        day = self.draw.whole(0, WINDOW_DAYS - 1, "day", number)
        hour, quarter = self.draw.whole(FIRST_HOUR, LAST_HOUR, "hour", number), self.draw.whole(0, 3, "q", number)
        if "early_week" in part.traits:
            day, hour = 7 * (day // 7) + day % EARLY_WEEK, FIRST_HOUR
        on = self.opens_on + timedelta(days=day)
        return datetime.combine(on, time(hour, 15 * quarter), tzinfo=LONDON)

    def _traits(self, number: int, door: Door) -> frozenset[str]:
        rates = {
            "swift": "swift",
            "late_first": "late_paperwork",
            "miss_first": "missed",
            "provider_cancels": "provider_cancels",
            "corrected": "corrected",
            "travel": "travel",
        }
        found = {trait for trait, rate in rates.items() if self._often(rate, number)}
        if "miss_first" in found and self._often("excused", number):
            found.add("excused")
        if door is Door.CRIME_OOCR and self._often("limitation_missing", number):
            found.add("limitation_missing")
        return frozenset(found)

    def _affected(self, number: int) -> tuple[str, ...]:
        return (self._mixed("affected_wish", number),) if self._often("affected_named", number) else ()
