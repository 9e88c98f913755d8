"""Cases, facts, sites and slots for the rules of agreement, affected people and plans; everybody is invented."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from schemas import commands as c
from schemas.vocabulary import (
    ActivityKind,
    AgeBand,
    AgencyKind,
    AttendanceOutcome,
    Basis,
    BehaviourKind,
    CaseState,
    Clearance,
    ClockOrigin,
    ContactState,
    Door,
    LimitationKind,
    OrganisationKind,
    Purpose,
    Responsibility,
    Role,
)
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Condition, PlanPart, Referrer, Session
from workflow.rules.calendar import Calendar, computed_holidays
from workflow.rules.facts import Actor, Facts, Site, Slot
from workflow.schemes import packaged_schemes

A = ActivityKind
# A Monday before the clocks change; everything below is counted from it.
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
PERSON = UUID(int=7)
ANOTHER = UUID(int=8)
SOMEBODY = UUID(int=99)
ADULT_BORN = date(1996, 1, 1)
CHILD_BORN = date(2012, 1, 1)
CALENDAR = Calendar(holidays=computed_holidays(2026), last_known_year=2026)
SCHEMES = packaged_schemes()
DERBYSHIRE = SCHEMES["derbyshire"].on(date(2026, 3, 2))
NO_WORKSHOP = DERBYSHIRE.with_overrides({"workshop_first": False})


def an_actor(*roles: Role, kind: OrganisationKind = OrganisationKind.PROVIDER) -> Actor:
    """Somebody who asks."""
    return Actor(id="a", organisation="remedi", kind=kind, roles=frozenset(roles))


def a_site(site="park", *activities, **changes):
    """A place of the provider that offers litter picking, a workshop and graffiti cleaning unless others are named."""
    offered = frozenset(activities or (A.LITTER_PICKING, A.ASB_WORKSHOP, A.GRAFFITI_CLEANING))
    made = Site(id=site, name=site, provider="remedi", activities=offered, longitude=-1.4, latitude=53.2)
    return replace(made, **changes)


def a_slot(slot="s1", *, hours=26, length=2, activity=A.LITTER_PICKING, site="park", **changes):
    """A slot with one free place, so many hours from now and so many hours long."""
    starts = NOW + hours * HOUR
    made = Slot(
        id=slot,
        site=site,
        provider="remedi",
        activity=activity,
        starts_at=starts,
        ends_at=starts + length * HOUR,
        capacity=1,
        supervisor="sam",
    )
    return replace(made, **changes)


def a_session(number=1, *, hours=26, length=2, activity=A.LITTER_PICKING, **changes):
    """A booked session, open unless told otherwise."""
    starts = NOW + hours * HOUR
    made = Session(
        id=UUID(int=number),
        slot=f"held-{number}",
        place=1,
        site="park",
        activity=activity,
        starts_at=starts,
        ends_at=starts + length * HOUR,
        counts=True,
    )
    return replace(made, **changes)


def an_attended(minutes, **changes):
    """A session that was attended, with so many minutes credited."""
    return a_session(hours=-26, outcome=AttendanceOutcome.ATTC, minutes=minutes, **changes)


def an_affected(contact=ContactState.CONTACT_PERMITTED, token=PERSON, **changes):
    """An affected person whose contact stands so."""
    made = AffectedPerson(
        token=token, contact=contact, kind="person", code_victim=True, wants_updates=False, permission=True
    )
    return replace(made, **changes)


def a_part(activity=A.LITTER_PICKING, minutes=300, site="park", purpose=Purpose.REPARATION):
    """One part of a plan."""
    return PlanPart(activity=activity, site=site, minutes=minutes, purpose=purpose)


def a_case(**changes) -> Case:
    """An adult's case under assessment, ready for a plan of at most 300 minutes."""
    referrer = Referrer(
        agency="derbyshire-police", kind=AgencyKind.POLICE, token=UUID(int=2), message_id=UUID(int=3), governs=True
    )
    made = Case(
        id=UUID(int=1),
        tenant="derbyshire",
        version=9,
        state=CaseState.ASSESSING,
        policy_version=DERBYSHIRE.version,
        door=Door.CRIME_OOCR,
        basis=Basis.COMMUNITY_RESOLUTION,
        behaviour=BehaviourKind.CRIMINAL_DAMAGE,
        asb_type=None,
        asb_heading=None,
        district=None,
        provider="remedi",
        participant=UUID(int=4),
        age_at_behaviour=AgeBand.ADULT,
        age_at_disposal=AgeBand.ADULT,
        referrers=(referrer,),
        conditions=(Condition(purpose=Purpose.REPARATION, minutes=300),),
        limitation=LimitationKind.NONE,
        limitation_known=True,
        clearance=Clearance.NOT_NEEDED,
        received_at=NOW - 5 * HOUR,
        caseworker="ada",
        responsibility=Responsibility.ADMITS,
        consents=("take_part:participant",),
        risk="low",
    )
    return replace(made, **changes)


def a_childs_case(**changes) -> Case:
    """The same for a child of fourteen, agreed by a responsible adult."""
    child = {"age_at_behaviour": AgeBand.AGE_14_15, "age_at_disposal": AgeBand.AGE_14_15, "responsible_adults": 1}
    return a_case(**{**child, "consents": ("take_part:responsible_adult",), **changes})


def planned(*parts, **fields) -> c.AgreePlan:
    """A request to agree to a plan of these parts."""
    activities = tuple(
        c.PlannedActivity(activity=p.activity, site=p.site, minutes=p.minutes, purpose=p.purpose) for p in parts
    )
    return c.AgreePlan(activities=activities, **fields)


def revised(*parts, **fields) -> c.RevisePlan:
    """A request to change an agreed plan to these parts."""
    return c.RevisePlan(**planned(*parts, **fields).model_dump())


def some_facts(*slots, **changes) -> Facts:
    """What the rules may look at: one park, no workshop rule, an adult, unless told otherwise."""
    made = Facts(
        policy=NO_WORKSHOP,
        calendar=CALENDAR,
        actor=an_actor(Role.CASEWORKER),
        case_id=UUID(int=1),
        birth_date=ADULT_BORN,
        origins={ClockOrigin.REFERRAL_SENT: NOW - 5 * HOUR},
        sites={"park": a_site()},
        slots={slot.id: slot for slot in slots},
    )
    return replace(made, **changes)
