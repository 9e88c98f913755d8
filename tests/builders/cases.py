"""Cases and facts as they stand along the way: frozen values, the same at every call. All people are invented."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from schemas.vocabulary import (
    ActivityKind,
    AgeBand,
    AgencyKind,
    AttendanceOutcome,
    Authority,
    Basis,
    BehaviourKind,
    CaseState,
    Clearance,
    ClockOrigin,
    ClockStatus,
    ContactState,
    Door,
    LimitationKind,
    OrganisationKind,
    Purpose,
    Responsibility,
    Role,
)
from tests.builders.places import CASEWORKER, PROVIDER, SESSION_AT, SITE, SLOT, a_caseworker, a_site, a_slot
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Clock, Condition, PlanPart, Referrer, Session
from workflow.machine.decide import Circumstance, record
from workflow.machine.decision import Decision
from workflow.rules.calendar import Calendar, computed_holidays
from workflow.rules.facts import Actor, Distance, Facts
from workflow.schemes import PolicyVersion, packaged_schemes

SENT_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""A Monday; the referral was received five seconds later."""
RECEIVED_AT = SENT_AT + timedelta(seconds=5)
BEHAVIOUR_FROM = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
POLICE_DECIDED = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
DISPOSAL = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
ORIGINS = MappingProxyType(
    {
        ClockOrigin.BEHAVIOUR_FROM: BEHAVIOUR_FROM,
        ClockOrigin.REFERRAL_SENT: SENT_AT,
        ClockOrigin.POLICE_DECIDED: POLICE_DECIDED,
        ClockOrigin.DISPOSAL: DISPOSAL,
    }
)
COMPLETE_ON = datetime(2026, 5, 26, 23, 0, tzinfo=UTC)

CASE_ID = UUID("11111111-1111-4111-8111-111111111111")
OTHER_CASE_ID = UUID("22222222-2222-4222-8222-222222222222")
PARTICIPANT = uuid5(CASE_ID, "participant")
AFFECTED = uuid5(CASE_ID, "affected")
SESSION_ID = uuid5(CASE_ID, "session")
AGENCY_TOKEN = uuid5(CASE_ID, "agency")
CLEARANCE_TOKEN = uuid5(CASE_ID, "clearance")

OTHER_PROVIDER = "another-provider"
POLICE, YOUTH_JUSTICE, HOUSING = "derbyshire-police", "derby-city-youth-justice", "high-peak-homes"
ADULT_BORN, CHILD_BORN = date(1994, 5, 17), date(2010, 9, 3)

CALENDAR = Calendar(
    holidays=frozenset().union(*(computed_holidays(year) for year in (2025, 2026, 2027))), last_known_year=2027
)


@cache
def a_policy(scheme: str = "derbyshire", on: date = date(2026, 3, 2)) -> PolicyVersion:
    """The scheme's policy as it stood on a day."""
    return packaged_schemes()[scheme].on(on)


def an_actor(*roles: Role | str, **changes: Any) -> Actor:
    """Somebody at the provider in these roles; a manager when none is named."""
    held = frozenset(Role(role) for role in roles or (Role.MANAGER,))
    return replace(Actor(id="person-1", organisation=PROVIDER, kind=OrganisationKind.PROVIDER, roles=held), **changes)


def an_agency(slug: str = POLICE, kind: OrganisationKind = OrganisationKind.POLICE) -> Actor:
    """A referring agency, speaking for itself."""
    return Actor(id=slug, organisation=slug, kind=kind)


def some_facts(*, child: bool = False, **changes: Any) -> Facts:
    """All that a rule may look at, complete and without any obstacle."""
    site, slot = a_site(), a_slot()
    facts = Facts(
        policy=a_policy(),
        calendar=CALENDAR,
        actor=an_actor(),
        case_id=CASE_ID,
        birth_date=CHILD_BORN if child else ADULT_BORN,
        origins=ORIGINS,
        limit_origins=MappingProxyType({"completion": COMPLETE_ON}),
        sites=MappingProxyType({site.id: site}),
        slots=MappingProxyType({slot.id: slot}),
        caseworkers=(a_caseworker(),),
        distances=MappingProxyType({site.id: Distance.UNDER_3_KM}),
        youth_justice=YOUTH_JUSTICE,
        agency_kind=AgencyKind.YOUTH_JUSTICE if child else AgencyKind.POLICE,
        provider=PROVIDER,
        person_tokens=(PARTICIPANT, AFFECTED),
        agency_token=AGENCY_TOKEN,
        clearance_token=CLEARANCE_TOKEN,
    )
    return replace(facts, **changes)


def an_affected_person(**changes: Any) -> AffectedPerson:
    """Somebody who may be contacted and asked for updates."""
    person = AffectedPerson(
        token=AFFECTED,
        contact=ContactState.CONTACT_PERMITTED,
        kind="person",
        code_victim=True,
        wants_updates=True,
        permission=True,
    )
    return replace(person, **changes)


def some_clocks(status: ClockStatus = ClockStatus.RUNNING) -> tuple[Clock, ...]:
    """The four start clocks in one status, and the completion limit, running."""
    starts = (
        Clock(name="start_48h", origin=origin, status=status, authority=Authority.POLICY) for origin in ClockOrigin
    )
    limit = Clock(name="completion", origin=None, status=ClockStatus.RUNNING, authority=Authority.POLICY)
    return (*starts, limit)


def a_referrer(**changes: Any) -> Referrer:
    """The police force that sent the referral and governs it."""
    referrer = Referrer(
        agency=POLICE, kind=AgencyKind.POLICE, token=AGENCY_TOKEN, message_id=uuid5(CASE_ID, "message"), governs=True
    )
    return replace(referrer, **changes)


def a_session(**changes: Any) -> Session:
    """A booked session that nobody has recorded yet."""
    session = Session(
        id=SESSION_ID,
        slot=SLOT,
        place=1,
        site=SITE,
        activity=ActivityKind.LITTER_PICKING,
        starts_at=SESSION_AT,
        ends_at=SESSION_AT + timedelta(hours=2),
        counts=True,
    )
    return replace(session, **changes)


def an_attended_session(**changes: Any) -> Session:
    """The same session, attended in full."""
    session = a_session(
        outcome=AttendanceOutcome.ATTC,
        attended_from=SESSION_AT,
        attended_to=SESSION_AT + timedelta(hours=2),
        minutes=120,
    )
    return replace(session, **changes)


def a_received_case(*, child: bool = False, **changes: Any) -> Case:
    """A community resolution of ten hours for graffiti, just received; a child's is a youth conditional caution."""
    case = Case(
        id=CASE_ID,
        tenant="derbyshire",
        version=6,
        state=CaseState.RECEIVED,
        policy_version=a_policy().version,
        door=Door.CRIME_OOCR,
        basis=Basis.COMMUNITY_RESOLUTION,
        behaviour=BehaviourKind.CRIMINAL_DAMAGE,
        asb_type=None,
        asb_heading=None,
        district="E06000015",
        provider=PROVIDER,
        participant=PARTICIPANT,
        age_at_behaviour=AgeBand.ADULT,
        age_at_disposal=AgeBand.ADULT,
        referrers=(a_referrer(),),
        conditions=(Condition(purpose=Purpose.REPARATION, minutes=600),),
        limitation=LimitationKind.NONE,
        limitation_known=True,
        clearance=Clearance.NOT_NEEDED,
        received_at=RECEIVED_AT,
        responsibility=Responsibility.ADMITS,
        affected=(an_affected_person(),),
        clocks=some_clocks(),
    )
    return replace(_as_child(case) if child else case, **changes)


def _as_child(case: Case) -> Case:
    referrer = a_referrer(agency=YOUTH_JUSTICE, kind=AgencyKind.YOUTH_JUSTICE)
    return replace(
        case,
        basis=Basis.YOUTH_CONDITIONAL_CAUTION,
        age_at_behaviour=AgeBand.AGE_14_15,
        age_at_disposal=AgeBand.AGE_14_15,
        referrers=(referrer,),
        clearance=Clearance.AWAITED,
        responsible_adults=1,
    )


def an_accepted_case(*, child: bool = False, **changes: Any) -> Case:
    """Taken on; a child's clearance has been asked for."""
    case = a_received_case(child=child, state=CaseState.ACCEPTED, version=8)
    if child:
        case = replace(case, clearance_agency=YOUTH_JUSTICE, clearance_token=CLEARANCE_TOKEN)
    return replace(case, **changes)


def an_assessed_case(*, child: bool = False, **changes: Any) -> Case:
    """With a caseworker, an agreement to take part and a risk assessment; a child is cleared."""
    clearance = Clearance.GIVEN if child else Clearance.NOT_NEEDED
    case = an_accepted_case(
        child=child,
        state=CaseState.ASSESSING,
        version=12,
        caseworker=CASEWORKER,
        consents=("take_part:responsible_adult" if child else "take_part:participant",),
        risk="low",
        clearance=clearance,
    )
    return replace(case, **changes)


def a_case_with_plan(*, child: bool = False, **changes: Any) -> Case:
    """Ten hours of litter picking agreed."""
    plan = (PlanPart(activity=ActivityKind.LITTER_PICKING, site=SITE, minutes=600, purpose=Purpose.REPARATION),)
    case = an_assessed_case(child=child, state=CaseState.PLAN_AGREED, version=14, plan=plan, agreed_minutes=600)
    return replace(case, **changes)


def a_scheduled_case(*, child: bool = False, **changes: Any) -> Case:
    """One session booked."""
    case = a_case_with_plan(child=child, state=CaseState.SCHEDULED, version=15, sessions=(a_session(),))
    return replace(case, **changes)


def an_active_case(*, child: bool = False, **changes: Any) -> Case:
    """One session attended within every start clock, and work still to do."""
    case = a_scheduled_case(
        child=child,
        state=CaseState.ACTIVE,
        version=18,
        sessions=(an_attended_session(),),
        started_at=SESSION_AT,
        clocks=some_clocks(ClockStatus.MET),
    )
    return replace(case, **changes)


def a_case_with_hours_met(*, child: bool = False, **changes: Any) -> Case:
    """Agreed to two hours and done."""
    plan = (PlanPart(activity=ActivityKind.LITTER_PICKING, site=SITE, minutes=120, purpose=Purpose.REPARATION),)
    case = an_active_case(child=child, state=CaseState.HOURS_MET, version=20, plan=plan, agreed_minutes=120)
    return replace(case, **changes)


def a_paused_case(*, child: bool = False, **changes: Any) -> Case:
    """Paused out of active, one day after the first session."""
    case = an_active_case(
        child=child,
        state=CaseState.PAUSED,
        version=21,
        paused_from=CaseState.ACTIVE,
        paused_at=SESSION_AT + timedelta(days=1),
    )
    return replace(case, **changes)


def after(case: Case | None, decision: Decision, now: datetime, occurred_at: datetime | None = None) -> Case:
    """The case once a decision is recorded, by the real tables and the real fold."""
    asked = Circumstance(now=now, occurred_at=occurred_at or now, actor="person-1", correlation=CASE_ID)
    return record(case, CASE_ID, "derbyshire", decision, asked)[0]
