import json
from datetime import datetime
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel

from schemas.referrals.parts import (
    affected_details,
    behaviour_details,
    identifiers,
    origins,
    participant_details,
    personal_parts,
    referrer_details,
)
from schemas.referrals.reading import read_referral
from schemas.vocabulary import AgencyKind, ClockOrigin
from tests.builders.referrals import (
    RECEIVED_AT,
    a_housing_referral,
    a_police_referral,
    a_youth_justice_referral,
    without,
)

ADULT = {
    "name": "Perpetua Oxbrow",
    "relationship": "aunt and guardian",
    "authority": "known",
    "phone": "07700 900456",
    "address": "3 Larkholm Court, Derby",
    "unsafe": False,
}
PARTICIPANT = {
    **a_police_referral()["participant"],
    "responsible_adults": [ADULT],
    "orders": [
        {
            "kind": "cbo",
            "terms": "Keep off the canal path",
            "point": {"longitude": -1.4733, "latitude": 52.9211},
            "until": "2026-12-01",
        }
    ],
    "exclusions": [
        {
            "description": "The arcade",
            "point": {"longitude": -1.4811, "latitude": 52.9333},
            "until": "2026-11-30",
        }
    ],
    "other_services": ["turnaround"],
}
AFFECTED = {
    "reference": "ap-9",
    "kind": "business",
    "given_name": "Ottoline",
    "family_name": "Marchbank",
    "organisation_name": "Marchbank Clocks",
    "birth_date": "1970-02-11",
    "phone": "07700 900789",
    "email": "ottoline@example.org",
    "address": "21 Fennimore Street",
    "postcode": "DE1 8YY",
    "home_point": {"longitude": -1.4821, "latitude": 52.9307},
    "permission_to_contact": True,
    "wants_updates": False,
    "code_victim": True,
    "safe_contact": {
        "channels": ["phone"],
        "times": "after five",
        "do_not_leave_message": True,
        "do_not_write": True,
        "interpreter": "pl",
        "supporter": "her brother Anselm",
    },
    "exclusion_wishes": ["not near the shop"],
    "exclusion_points": [{"longitude": -1.4777, "latitude": 52.9255}],
}
COMMON = {
    "participant": PARTICIPANT,
    "affected_people": [AFFECTED],
    "officer_contact": {"name": "PC Strand", "phone": "07700 900222", "email": "strand@example.org"},
    "limitation": {"kind": "date", "on": "2026-09-01", "decided_by": "Sgt Penhallow"},
    "authorisation": {"complete_by": "2026-06-01", "conditions": [{"purpose": "reparation", "minutes": 600}]},
    "responsibility": {"kind": "admits", "recorded_by": "PC Strand the recorder", "at": "2026-03-01T16:40:00Z"},
    "police_decided_at": "2026-03-01T16:31:00Z",
}
THRIVE = {
    "threat": "threat text",
    "harm": "harm text",
    "risk": "risk text",
    "investigation": "investigation text",
    "vulnerability": "vulnerability text",
    "engagement": "engagement text",
}
FULL = {
    AgencyKind.POLICE: a_police_referral(**COMMON, thrive=THRIVE),
    AgencyKind.YOUTH_JUSTICE: a_youth_justice_referral(**COMMON, clearance={"by": "Ambrose Yarrow"}),
    AgencyKind.HOUSING: without(a_housing_referral(**COMMON), "disposal_at"),
}
# Written by hand: what is about the message, the agency and the process, and tells of nobody.
TELLS_OF_NOBODY = {
    "message_id",
    "sent_at",
    "agency",
    "unit",
    "reported_at",
    "police_decided_at",
    "disposal_at",
    "isa_reference",
    "offence_code",
    "outcome_code",
    "limitation.on",
    "limitation.decided_at",
    "authorisation.minutes",
    "authorisation.conditions.minutes",
    "authorisation.complete_by",
    "responsibility.at",
    "consents.at",
    "clearance.at",
}
ALL_KINDS = pytest.mark.parametrize("kind", list(AgencyKind))


def a_full(kind):
    return read_referral(kind, FULL[kind], RECEIVED_AT)


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Each text, moment, day and number within a part, with the names that lead to it."""
    if isinstance(value, BaseModel):
        names = {name: field.alias or name for name, field in type(value).model_fields.items()}
        return [leaf for name in names for leaf in leaves(getattr(value, name), f"{path}.{names[name]}".strip("."))]
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in leaves(one, path)]
    closed = value is None or isinstance(value, bool | Enum)
    return [] if closed else [(path, value)]


def texts(value: Any) -> set[Any]:
    """Every leaf of JSON-safe data."""
    if isinstance(value, dict | list):
        return set().union(*(texts(one) for one in (value.values() if isinstance(value, dict) else value)))
    return {value}


def unset(value: Any, path: str = "") -> list[str]:
    """The fields of a referral that nothing was said in."""
    if isinstance(value, BaseModel):
        return [one for name in type(value).model_fields for one in unset(getattr(value, name), f"{path}.{name}")]
    if isinstance(value, tuple) and value:
        return [one for entry in value for one in unset(entry, path)]
    return [path] if value is None or value == () else []


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [(AgencyKind.POLICE, []), (AgencyKind.YOUTH_JUSTICE, []), (AgencyKind.HOUSING, [".disposal_at"])],
)
def test_the_full_referrals_leave_nothing_out(kind, left_out):
    assert unset(a_full(kind)) == left_out


@ALL_KINDS
def test_nothing_personal_stands_outside_the_parts(kind):
    referral = a_full(kind)
    sealed = texts(personal_parts(referral))
    as_json = json.loads(referral.model_dump_json())

    outside = {path for path, value in leaves(referral) if texts_of(value).isdisjoint(sealed)}

    assert outside <= TELLS_OF_NOBODY
    assert as_json["participant"] == participant_details(referral)


def texts_of(value: Any) -> set[Any]:
    """The JSON forms that a leaf may take."""
    moment = value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else None
    return {moment or (value if isinstance(value, float | int | str) else str(value))}


@ALL_KINDS
def test_the_parts_are_safe_for_json(kind):
    parts = personal_parts(a_full(kind))

    assert json.loads(json.dumps(parts)) == parts


@ALL_KINDS
def test_each_part_keeps_the_values_as_they_were_sent(kind):
    referral = a_full(kind)

    assert participant_details(referral)["family_name"] == "Tazewell"
    assert participant_details(referral)["responsible_adults"] == [ADULT]
    assert behaviour_details(referral)["behaviour"]["place"]["text"] == "Bandstand, Harrowfield Park"
    assert affected_details(referral) == (AFFECTED,)


def test_only_police_have_an_assessment_of_the_call():
    assert behaviour_details(a_full(AgencyKind.POLICE))["thrive"] == THRIVE
    assert "thrive" not in behaviour_details(a_full(AgencyKind.HOUSING))
    without_thrive = read_referral(AgencyKind.POLICE, a_police_referral(thrive=None), RECEIVED_AT)
    assert "thrive" not in behaviour_details(without_thrive)


def test_the_people_who_speak_in_a_referral_are_a_part_of_their_own():
    details = referrer_details(a_full(AgencyKind.YOUTH_JUSTICE))

    assert (details["worker"], details["clearance_by"]) == ("Thaddeus Wrenfield", "Ambrose Yarrow")
    assert details["officer_contact"]["name"] == "PC Strand"
    assert details["consents_by"] == ["the participant"]
    assert "worker" not in referrer_details(a_full(AgencyKind.POLICE))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (AgencyKind.POLICE, {"incident_number", "occurrence_number", "urn", "pnc_id"}),
        (AgencyKind.YOUTH_JUSTICE, {"assessment_reference"}),
        (AgencyKind.HOUSING, {"tenancy_reference"}),
    ],
)
def test_identifiers_are_those_that_the_agency_has(kind, names):
    assert set(identifiers(a_full(kind))) == {"referrer_reference", "uprn", "parent_uprn"} | names


def test_an_identifier_not_supplied_is_not_there():
    referral = read_referral(AgencyKind.HOUSING, without(a_housing_referral(), "tenancy_reference"), RECEIVED_AT)

    assert "tenancy_reference" not in identifiers(referral)


def test_the_four_origins_are_told_and_those_not_supplied_are_none():
    referral = read_referral(AgencyKind.HOUSING, a_housing_referral(), RECEIVED_AT)

    assert origins(referral) == {
        ClockOrigin.BEHAVIOUR_FROM: datetime.fromisoformat("2026-03-01T14:05:00+00:00"),
        ClockOrigin.REFERRAL_SENT: datetime.fromisoformat("2026-03-02T09:30:00+00:00"),
        ClockOrigin.POLICE_DECIDED: None,
        ClockOrigin.DISPOSAL: None,
    }
