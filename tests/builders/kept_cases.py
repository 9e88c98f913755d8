"""Invented cases as a store keeps them: a referral received, and what may follow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from schemas.envelope import Envelope, Recorded
from schemas.events.intake import ConditionSet, ReferralAccepted, ReferralReceived
from schemas.vocabulary import (
    AgeBand,
    AgencyKind,
    Basis,
    BehaviourKind,
    CaseState,
    Clearance,
    Door,
    LimitationKind,
    Purpose,
)
from workflow.case.evolve import evolve, fold
from workflow.ports import KeptCase, Outward

NAMESPACE = UUID("00000000-0000-4000-8000-00000000a5b0")
START = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
TENANT = "derbyshire"
AGENCY = "north-force"


def an_id(*parts):
    """The same id for the same parts."""
    return uuid5(NAMESPACE, "/".join(str(part) for part in parts))


def received(name="graffiti", tenant=TENANT, agency=AGENCY):
    """The first fact of a case."""
    fact = ReferralReceived(
        policy_version="derbyshire/1",
        agency=agency,
        agency_kind=AgencyKind.POLICE,
        agency_token=an_id(name, agency, "token"),
        message_id=an_id(name, "message"),
        provider="mend-derbyshire",
        participant=an_id(name, "participant"),
        door=Door.CRIME_OOCR,
        basis=Basis.COMMUNITY_RESOLUTION,
        behaviour=BehaviourKind.CRIMINAL_DAMAGE,
        age_at_behaviour=AgeBand.ADULT,
        conditions=(ConditionSet(purpose=Purpose.REPARATION, minutes=480),),
        limitation=LimitationKind.NONE,
        clearance=Clearance.NOT_NEEDED,
    )
    return Recorded(envelope=_envelope(name, 1, None, CaseState.RECEIVED, tenant), fact=fact)


def accepted(name="graffiti", tenant=TENANT):
    """The second fact."""
    return Recorded(
        envelope=_envelope(name, 2, CaseState.RECEIVED, CaseState.ACCEPTED, tenant), fact=ReferralAccepted()
    )


def _envelope(name, sequence, before, after, tenant):
    return Envelope(
        tenant=tenant,
        case_id=an_id(name),
        sequence=sequence,
        event_id=an_id(name, sequence, "event"),
        occurred_at=START + timedelta(minutes=sequence),
        recorded_at=START + timedelta(minutes=sequence, seconds=5),
        state_before=before,
        state_after=after,
        actor="triage-1",
        correlation=an_id(name, "correlation"),
    )


def a_new_case(name="graffiti", tenant=TENANT, **changes):
    """A new case with its first fact."""
    first = received(name, tenant)
    given = KeptCase(expected=0, case=fold([first]), events=(first,), outward=(), timers=(), claims=(), outcomes=())
    return replace(given, **changes)


def an_accepted_case(name="graffiti", tenant=TENANT, **changes):
    """The same case, one fact further."""
    first, second = received(name, tenant), accepted(name, tenant)
    case = evolve(fold([first]), second)
    given = KeptCase(expected=1, case=case, events=(second,), outward=(), timers=(), claims=(), outcomes=())
    return replace(given, **changes)


def a_notice(name="graffiti", sequence=1, part=1, value=b'{"kind":"received"}'):
    """A record beside the fact."""
    return Outward(
        topic=f"notices.police.{AGENCY}",
        key=b"token",
        case_id=an_id(name),
        sequence=sequence,
        part=part,
        event_id=str(an_id(name, sequence, part)),
        headers=(("ce_id", str(an_id(name, sequence, part))), ("content-type", "application/json")),
        value=value,
    )
