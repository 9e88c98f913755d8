"""Cases with sessions, and what a rule about them may look at; all invented, all frozen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from schemas import vocabulary as v
from schemas.events import intake
from schemas.vocabulary import AttendanceOutcome as O
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Clock, Condition, PlanPart, Referrer, Session
from workflow.rules.calendar import Calendar, computed_holidays
from workflow.rules.facts import Actor, Facts, Site, Slot
from workflow.schemes import packaged_schemes

# A Tuesday in summer time; work begins at 10:00 local, the referral was sent the day before.
NOW = datetime(2026, 6, 9, 9, tzinfo=UTC)
SENT = NOW - timedelta(hours=20)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SPACE = UUID("00000000-0000-4000-8000-000000000001")
POLICY = packaged_schemes()["derbyshire"].versions[0]
CALENDAR = Calendar(holidays=computed_holidays(2026), last_known_year=2026)


def an_id(name):
    return uuid5(SPACE, name)


def a_slot(name="first", starts_at=NOW + DAY, hours=2, **changes):
    slot = Slot(
        id=name,
        site="park",
        provider="mending",
        activity=v.ActivityKind.LITTER_PICKING,
        starts_at=starts_at,
        ends_at=starts_at + hours * HOUR,
        capacity=2,
        supervisor="supervisor-1",
    )
    return replace(slot, **changes)


def a_site(**changes):
    site = Site(
        id="park",
        name="The park",
        provider="mending",
        activities=frozenset(v.ActivityKind),
        longitude=0.0,
        latitude=0.0,
    )
    return replace(site, **changes)


def some_facts(*slots, site=None, **changes):
    facts = Facts(
        policy=POLICY,
        calendar=CALENDAR,
        actor=Actor(
            id="manager-1",
            organisation="mending",
            kind=v.OrganisationKind.PROVIDER,
            roles=frozenset({v.Role.MANAGER}),
        ),
        case_id=an_id("case"),
        birth_date=datetime(1990, 1, 1, tzinfo=UTC).date(),
        origins={v.ClockOrigin.REFERRAL_SENT: SENT},
        sites={"park": site or a_site()},
        slots={slot.id: slot for slot in slots},
        providers=frozenset({"mending", "restoring"}),
    )
    return replace(facts, **changes)


def a_session(name="first", starts_at=NOW - DAY, hours=2, **changes):
    session = Session(
        id=an_id(name),
        slot=name,
        place=1,
        site="park",
        activity=v.ActivityKind.LITTER_PICKING,
        starts_at=starts_at,
        ends_at=starts_at + hours * HOUR,
        counts=True,
    )
    return replace(session, **changes)


def attended(name="first", starts_at=NOW - DAY, minutes=120, **changes):
    """A session attended from its first minute to its last."""
    ends = starts_at + timedelta(minutes=minutes)
    times = {"attended_from": starts_at, "attended_to": ends, "minutes": minutes, "ends_at": ends}
    return a_session(name, starts_at, **{"outcome": O.ATTC, **times, **changes})


def missed(name="first", starts_at=NOW - 30 * DAY, **changes):
    """A session missed without an excuse, long enough ago that no evidence comes any more."""
    return a_session(name, starts_at, **{"outcome": O.UACP, "enforceable": True, **changes})


def an_affected_person(name="resident", contact=v.ContactState.VIEWS_GIVEN, **changes):
    person = AffectedPerson(
        token=an_id(name), contact=contact, kind="person", code_victim=False, wants_updates=True, permission=True
    )
    return replace(person, **changes)


def a_case(state=v.CaseState.SCHEDULED, *sessions, **changes):
    """An adult's case of ten agreed hours of litter picking."""
    minutes = 600
    case = Case(
        id=an_id("case"),
        tenant="derbyshire",
        version=20,
        state=state,
        policy_version=POLICY.version,
        door=v.Door.CRIME_OOCR,
        basis=v.Basis.COMMUNITY_RESOLUTION,
        behaviour=v.BehaviourKind.CRIMINAL_DAMAGE,
        asb_type=None,
        asb_heading=None,
        district=None,
        provider="mending",
        participant=an_id("participant"),
        age_at_behaviour=v.AgeBand.ADULT,
        age_at_disposal=v.AgeBand.ADULT,
        referrers=(a_referrer(),),
        conditions=(Condition(purpose=v.Purpose.REPARATION, minutes=minutes),),
        limitation=v.LimitationKind.NONE,
        limitation_known=True,
        clearance=v.Clearance.NOT_NEEDED,
        received_at=SENT,
        caseworker="caseworker-1",
        responsibility=v.Responsibility.ACCEPTS,
        consents=("take_part:participant", "take_part:responsible_adult"),
        plan=(a_part(minutes=minutes),),
        agreed_minutes=minutes,
        sessions=sessions,
        clocks=(a_clock(),),
    )
    return replace(case, **changes)


def a_part(activity=v.ActivityKind.LITTER_PICKING, minutes=600, purpose=v.Purpose.REPARATION):
    return PlanPart(activity=activity, site="park", minutes=minutes, purpose=purpose)


def a_referrer(agency="police-1", **changes):
    referrer = Referrer(
        agency=agency,
        kind=v.AgencyKind.POLICE,
        token=an_id(f"{agency} token"),
        message_id=an_id(f"{agency} message"),
        governs=True,
    )
    return replace(referrer, **changes)


def a_clock(origin=v.ClockOrigin.REFERRAL_SENT, status=v.ClockStatus.RUNNING, **changes):
    clock = Clock(name="start_48h", origin=origin, status=status, authority=v.Authority.POLICY)
    return replace(clock, **changes)


def clocks_stopped(status, name="start_48h", origin=v.ClockOrigin.REFERRAL_SENT):
    """One clock that stopped with a result, alone in its fact."""
    return intake.ClocksStopped(clocks=(intake.StoppedClock(clock=name, origin=origin, status=status),))


def an_active_case(*sessions, **changes):
    """A case whose first session was attended, unless other sessions are named."""
    worked = sessions or (attended(),)
    starts = [session.attended_from for session in worked if session.attended_from]
    start = {"started_at": min(starts, default=None)}
    return replace(a_case(v.CaseState.ACTIVE, *worked), **{**start, **changes})
