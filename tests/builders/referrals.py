"""Referrals as agencies would send them: plain data, the same at every call. All people in them are invented."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]

RECEIVED_AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
"""Five seconds after each of these referrals was sent."""

_PARTICIPANT: Body = {
    "given_name": "Corin",
    "family_name": "Tazewell",
    "birth_date": "1994-05-17",
    "phone": "07700 900123",
    "email": "corin.tazewell@example.org",
    "address": "Flat 2, 14 Quillet Row, Derby",
    "postcode": "DE1 9ZZ",
    "home_local_authority": "E06000015",
    "uprn": "100030300123",
    "parent_uprn": "100030300100",
    "ethnicity": "W1",
    "sex": "male",
    "disability": "no",
    "home_point": {"longitude": -1.4746, "latitude": 52.9225},
    "access_needs": ["large_print"],
    "preferred_language": "en",
}
_RESPONSIBLE_ADULT: Body = {
    "name": "Perpetua Oxbrow",
    "relationship": "aunt and guardian",
    "authority": "known",
    "phone": "07700 900456",
    "address": "3 Larkholm Court, Derby",
}
_AFFECTED_PERSON: Body = {
    "reference": "ap-1",
    "kind": "person",
    "given_name": "Ottoline",
    "family_name": "Marchbank",
    "phone": "07700 900789",
    "email": "ottoline.marchbank@example.org",
    "address": "21 Fennimore Street, Derby",
    "postcode": "DE1 8YY",
    "permission_to_contact": True,
    "wants_updates": True,
    "code_victim": True,
    "safe_contact": {"channels": ["phone"], "times": "weekdays after five", "do_not_write": True},
}
_CORE: Body = {
    "sent_at": "2026-03-02T09:30:00+00:00",
    "unit": "Derby East neighbourhood team",
    "officer_contact": {"name": "PC Ellerby Strand", "email": "ellerby.strand@example.org"},
    "behaviour": {
        "from": "2026-03-01T14:05:00+00:00",
        "to": "2026-03-01T14:20:00+00:00",
        "kind": "criminal_damage",
        "description": "Sprayed a tag on the wall of the bandstand; owned up when stopped.",
        "place": {
            "text": "Bandstand, Harrowfield Park",
            "longitude": -1.478,
            "latitude": 52.921,
            "postcode": "DE1 7XX",
        },
        "asb_type": "environmental",
        "asb_heading": "rowdy",
    },
    "reported_at": "2026-03-01T14:30:00+00:00",
    "limitation": {"kind": "none", "decided_by": "Sgt Isolde Penhallow", "decided_at": "2026-03-01T18:00:00+00:00"},
    "participant": _PARTICIPANT,
    "affected_people": [_AFFECTED_PERSON],
    "authorisation": {"minutes": 600},
    "consents": [
        {"purpose": "take_part", "given": True, "at": "2026-03-01T17:00:00+00:00", "by": "the participant"},
    ],
    "isa_reference": "ISA-2025-014",
}
_POLICE: Body = {
    "message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0001",
    "referrer_reference": "IJ-2026-0001",
    "agency": "derbyshire-police",
    "door": "crime_oocr",
    "basis": "community_resolution",
    "police_decided_at": "2026-03-01T16:30:00+00:00",
    "disposal_at": "2026-03-01T17:00:00+00:00",
    "responsibility": {"kind": "admits", "recorded_by": "PC Ellerby Strand", "at": "2026-03-01T16:40:00+00:00"},
    "incident_number": "INC-20260301-0417",
    "thrive": {"threat": "low", "harm": "paint on stone", "vulnerability": "none seen"},
    "occurrence_number": "26000112233",
    "urn": "30DD0012326",
    "pnc_id": "2019/0123456E",
    "offence_code": "58/71",
    "outcome_code": "8",
}
_YOUTH_JUSTICE: Body = {
    "message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0002",
    "referrer_reference": "YJ-2026-0002",
    "agency": "derby-city-youth-justice",
    "door": "crime_oocr",
    "basis": "youth_conditional_caution",
    "police_decided_at": "2026-03-01T16:30:00+00:00",
    "disposal_at": "2026-03-01T17:00:00+00:00",
    "responsibility": {"kind": "admits", "recorded_by": "Thaddeus Wrenfield", "at": "2026-03-01T16:40:00+00:00"},
    "participant": {
        "given_name": "Jessamy",
        "family_name": "Oxbrow",
        "birth_date": "2010-09-03",
        "responsible_adults": [_RESPONSIBLE_ADULT],
    },
    "worker": "Thaddeus Wrenfield",
    "assessment_reference": "PDAT-88",
    "clearance": {"given": True, "at": "2026-03-02T08:45:00+00:00", "by": "Thaddeus Wrenfield"},
}
_HOUSING: Body = {
    "message_id": "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0003",
    "referrer_reference": "HPH-2026-0003",
    "agency": "high-peak-homes",
    "door": "no_crime",
    "basis": "tenancy_warning",
    "behaviour": {"kind": "anti_social_behaviour", "asb_type": "nuisance", "asb_heading": "noise"},
    "affected_people": [{**_AFFECTED_PERSON, "code_victim": False}],
    "referrer_kind": "landlord",
    "tenancy_reference": "TEN-55821",
    "ladder_step": "tenancy_warning",
}


def a_police_referral(**changes: object) -> Body:
    """An adult's community resolution for graffiti; a change that is an object is merged into what stands there."""
    return _merged(_merged(_CORE, _POLICE), changes)


def a_youth_justice_referral(**changes: object) -> Body:
    """A child's conditional caution, cleared for work, with an aunt whose authority is on record."""
    return _merged(_merged(_CORE, _YOUTH_JUSTICE), changes)


def a_housing_referral(**changes: object) -> Body:
    """A landlord's tenancy warning for noise, on the door where no crime was committed."""
    return _merged(_merged(_CORE, _HOUSING), changes)


def without(body: Mapping[str, Any], *names: str) -> Body:
    """The same message without these fields of its top level."""
    return {name: deepcopy(value) for name, value in body.items() if name not in names}


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Body:
    merged = deepcopy(dict(base))
    for name, value in changes.items():
        before = merged.get(name)
        merged[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return deepcopy(merged)
