"""A complete referral from an incident and a plan: what an agency would send, about people who do not exist."""

from datetime import date, datetime, timedelta
from typing import Any

from deploy.simulate.draw import Draw
from deploy.simulate.people import Asked, Person, birth_date, family_name, invented
from deploy.simulate.plans import ReferralPlan
from schemas.referrals.fields import pnc_check_letter
from schemas.vocabulary import Basis, BehaviourKind, Door, OrganisationKind

Body = dict[str, Any]
ADULT = 40
LIMITATION_DAYS = 182
LADDER_STEPS = {Basis.CPW: "cpw", Basis.TENANCY_WARNING: "tenancy_warning", Basis.ABC: "abc"}
OUTCOME_CODES = {
    Basis.COMMUNITY_RESOLUTION: "8",
    Basis.OUTCOME_22: "22",
    Basis.OUTCOME_23: "23",
    Basis.ADULT_CONDITIONAL_CAUTION: "3A",
    Basis.YOUTH_CONDITIONAL_CAUTION: "2A",
}
OFFENCES = {
    BehaviourKind.PUBLIC_ORDER: "125/12",
    BehaviourKind.CRIMINAL_DAMAGE: "58/71",
    BehaviourKind.SHOP_THEFT: "46/11",
}
NO_ADMISSION = frozenset({Basis.OUTCOME_22, Basis.OUTCOME_23, Basis.DEFERRED_PROSECUTION})
ASB = (
    ("nuisance", "rowdy"),
    ("nuisance", "neighbours"),
    ("environmental", "littering_drugs"),
    ("nuisance", "noise"),
    ("personal", "nuisance_communications"),
    ("nuisance", "vehicle_nuisance"),
)
# Written as nobody else would, so that a search for it finds this text or nothing.
DEEDS = (
    "Was seen to tip over seven bins by the bandstand and laughed about it afterwards",
    "Kept a whole terrace awake with a borrowed tuba and would not stop when asked",
    "Drew moustaches on every poster of the bus shelter and owned up to the warden",
    "Rode a trolley down the ramp into the flower bed and broke its edging",
)


def body_of(plan: ReferralPlan) -> Body:
    """Return the body; it keeps the contract of its agency's kind."""
    draw = Draw(plan.seed)
    body = {**_core(plan, draw), **(_of_crime(plan, draw) if plan.door is Door.CRIME_OOCR else {})}
    match plan.agency.kind:
        case OrganisationKind.POLICE:
            body |= _of_police(plan, draw)
        case OrganisationKind.YOUTH_JUSTICE:
            body |= _of_youth_justice(plan, draw)
        case _:
            body |= _of_housing(plan, draw)
    return body


def message_id(plan: ReferralPlan) -> str:
    """Return the identity of the referral's message."""
    return str(Draw(plan.seed).uuid("message", plan.number))


def participant_of(plan: ReferralPlan) -> Person:
    """Return the participant; two agencies that speak of one person mean the same one."""
    draw, who = Draw(plan.seed), plan.who
    return invented(draw, _asked(plan, ("participant", who.person), who.age, in_county=who.in_county))


def _asked(plan: ReferralPlan, who: tuple[object, ...], age: int, *, in_county: bool = False) -> Asked:
    return Asked(who=who, age=age, on=plan.opens_on, scheme=plan.scheme, in_county=in_county)


def _core(plan: ReferralPlan, draw: Draw) -> Body:
    number = plan.number
    officer = invented(draw, _asked(plan, ("officer", number), ADULT))
    return {
        "message_id": message_id(plan),
        "sent_at": plan.when.sent_at.isoformat(),
        "referrer_reference": f"IJ-{plan.opens_on.year}-{draw.whole(10**7, 10**8 - 1, 'reference', number)}",
        "agency": plan.agency.slug,
        "officer_contact": {"name": f"{officer.given_name} {officer.family_name}", "email": officer.email},
        "door": plan.door.value,
        "basis": plan.basis.value,
        "behaviour": _behaviour(plan, draw),
        "reported_at": (plan.when.began_at + timedelta(minutes=40)).isoformat(),
        **_limitation(plan, officer),
        "participant": _participant(plan, draw),
        "affected_people": [_affected(plan, draw, place, wish) for place, wish in enumerate(plan.affected)],
        "authorisation": {"minutes": plan.minutes},
        "isa_reference": f"ISA-{plan.scheme}-2025",
    }


def _behaviour(plan: ReferralPlan, draw: Draw) -> Body:
    incident, began = plan.incident, plan.when.began_at
    story = f"{draw.pick(DEEDS, 'deed', plan.number)}. Stands for an incident of {incident.month} in the open data."
    kind, heading = draw.pick(ASB, "asb", plan.number)
    return {
        "from": began.isoformat(),
        "to": (began + timedelta(minutes=20)).isoformat(),
        "kind": incident.kind.value,
        "description": story,
        "place": {"longitude": incident.longitude, "latitude": incident.latitude},
        **({"asb_type": kind, "asb_heading": heading} if plan.door is Door.NO_CRIME else {}),
    }


def _limitation(plan: ReferralPlan, officer: Person) -> Body:
    """A limitation date is supplied, never derived; some senders forget it (domain.md 13.2)."""
    if plan.has("limitation_missing"):
        return {}
    said: Body = {"kind": "summary_only" if plan.has("summary_only") else "none"}
    said |= {"decided_by": f"{officer.given_name} {officer.family_name}"}
    return {"limitation": {**said, "decided_at": (plan.when.sent_at - timedelta(minutes=20)).isoformat()}}


def limitation_on(plan: ReferralPlan) -> datetime:
    """Return the last day that the referrer names when asked."""
    return plan.when.began_at + timedelta(days=LIMITATION_DAYS)


def _participant(plan: ReferralPlan, draw: Draw) -> Body:
    person, who = participant_of(plan), plan.who
    near = [draw.whole(-900, 900, axis, who.person) / 100_000 for axis in ("east", "north")]
    body = {
        **_contact(person),
        "birth_date": _born(plan, draw, person).isoformat(),
        "home_local_authority": person.area_code,
        "uprn": str(draw.whole(10**10, 10**12 - 1, "uprn", who.person)),
        "ethnicity": person.ethnicity,
        "sex": person.sex,
        "disability": person.disability,
        "home_point": {
            "longitude": round(plan.incident.longitude + near[0], 6),
            "latitude": round(plan.incident.latitude + near[1], 6),
        },
        "preferred_language": "en",
    }
    if who.alike is not None:
        body["family_name"] = family_name(draw, "participant", who.alike)
    return {**body, "responsible_adults": [_adult(plan, draw, body["family_name"])]} if who.child else body


def _born(plan: ReferralPlan, draw: Draw, person: Person) -> date:
    """Two people alike share surname and birthday and nothing else: a match that a person must reject."""
    if plan.who.alike is None:
        return person.birth_date
    return birth_date(draw, _asked(plan, ("participant", plan.who.alike), plan.who.age))


def _contact(person: Person) -> Body:
    names = ("given_name", "family_name", "phone", "email", "address", "postcode")
    return {name: getattr(person, name) for name in names}


def _adult(plan: ReferralPlan, draw: Draw, surname: str) -> Body:
    adult = invented(draw, _asked(plan, ("adult", plan.who.person), ADULT))
    known = "unknown" if plan.has("manager_alternative") else "known"
    return {
        "name": f"{adult.given_name} {surname}",
        "relationship": draw.pick(("mother", "father", "grandmother", "carer"), "relationship", plan.who.person),
        "authority": known,
        "phone": adult.phone,
        "address": adult.address,
    }


def _affected(plan: ReferralPlan, draw: Draw, place: int, wish: str) -> Body:
    person = invented(draw, _asked(plan, ("affected", plan.number, place), draw.whole(22, 80, "aged", plan.number)))
    permitted = wish != "no_permission"
    business = plan.incident.kind is BehaviourKind.SHOP_THEFT
    named = {"organisation_name": f"{person.family_name} Stores"} if business else {}
    return {
        "reference": f"ap-{place + 1}",
        "kind": "business" if business else "person",
        **_contact(person),
        **named,
        "permission_to_contact": permitted,
        **({"wants_updates": True} if wish == "asked_at_referral" else {}),
        "code_victim": plan.door is Door.CRIME_OOCR,
    }


def _of_crime(plan: ReferralPlan, draw: Draw) -> Body:
    when, officer = plan.when, invented(draw, _asked(plan, ("officer", plan.number), ADULT))
    decided = when.decided_at or when.sent_at
    kind = "not_required" if plan.basis in NO_ADMISSION else "admits"
    by = f"{officer.given_name} {officer.family_name}"
    return {
        "police_decided_at": decided.isoformat(),
        "disposal_at": (when.disposal_at or decided).isoformat(),
        "responsibility": {"kind": kind, "recorded_by": by, "at": decided.isoformat()},
    }


def _of_police(plan: ReferralPlan, draw: Draw) -> Body:
    number = plan.number
    body: Body = {"incident_number": f"INC-{draw.whole(10**8, 10**9 - 1, 'incident', number)}"}
    if plan.door is Door.NO_CRIME:
        return {**body, "thrive": {"threat": "low", "vulnerability": "none seen by the call taker"}}
    year, serial = str(draw.whole(2004, 2025, "pnc_year", number)), str(draw.whole(10**5, 10**6 - 1, "pnc", number))
    return {
        **body,
        "occurrence_number": f"26{draw.whole(10**11, 10**12 - 1, 'occurrence', number)}",
        "urn": f"30{draw.pick('ABCD', 'unit', number)}D{draw.whole(10000, 99999, 'urn', number)}26",
        "pnc_id": f"{year}/{serial.zfill(7)}{pnc_check_letter(year, serial)}",
        "offence_code": OFFENCES.get(plan.incident.kind, "105/1"),
        **({"outcome_code": OUTCOME_CODES[plan.basis]} if plan.basis in OUTCOME_CODES else {}),
    }


def _of_youth_justice(plan: ReferralPlan, draw: Draw) -> Body:
    worker = invented(draw, _asked(plan, ("worker", plan.number), ADULT))
    name = f"{worker.given_name} {worker.family_name}"
    body: Body = {"worker": name, "assessment_reference": f"PDAT-{draw.whole(10**5, 10**6 - 1, 'pdat', plan.number)}"}
    if plan.has("cleared_before"):
        body["clearance"] = {"given": True, "at": plan.when.sent_at.isoformat(), "by": name}
    return body


def _of_housing(plan: ReferralPlan, draw: Draw) -> Body:
    tenancy = {"tenancy_reference": f"TEN-{draw.whole(10**6, 10**7 - 1, 'tenancy', plan.number)}"}
    step = LADDER_STEPS.get(plan.basis)
    return {
        "referrer_kind": plan.agency.referrer_kind or "landlord",
        **({} if plan.who.child else tenancy),
        **({"ladder_step": step} if step else {}),
    }
