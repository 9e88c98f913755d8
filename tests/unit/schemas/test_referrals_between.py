import pytest

from schemas.referrals.between import BASES, CRIME_DOOR_ONLY
from schemas.referrals.reading import ReferralRejected, read_referral
from schemas.vocabulary import AgencyKind, Basis, Door
from tests.builders.referrals import (
    RECEIVED_AT,
    a_housing_referral,
    a_police_referral,
    a_youth_justice_referral,
    without,
)

TOMORROW = "2026-03-03T09:30:00+00:00"


def codes(body, kind=AgencyKind.POLICE) -> dict[str, str]:
    try:
        read_referral(kind, body, RECEIVED_AT)
    except ReferralRejected as rejected:
        return {problem.pointer: problem.code for problem in rejected.problems}
    return {}


def a_no_crime_police_referral(**changes):
    return without(a_police_referral(door="no_crime", basis="cpw") | changes, *(set(CRIME_DOOR_ONLY) - set(changes)))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"sent_at": TOMORROW}, "/sent_at"),
        ({"reported_at": TOMORROW}, "/reported_at"),
        ({"police_decided_at": TOMORROW}, "/police_decided_at"),
        ({"disposal_at": TOMORROW}, "/disposal_at"),
        ({"behaviour": {"to": TOMORROW}}, "/behaviour/to"),
        ({"limitation": {"decided_at": TOMORROW}}, "/limitation/decided_at"),
        ({"responsibility": {"at": TOMORROW}}, "/responsibility/at"),
        ({"consents": [{"purpose": "contact", "given": True, "at": TOMORROW, "by": "x"}]}, "/consents/0/at"),
        ({"participant": {"birth_date": "2026-03-03"}}, "/participant/birth_date"),
    ],
)
def test_a_date_in_the_future_is_refused(change, pointer):
    assert codes(a_police_referral(**change)) == {pointer: "in_the_future"}


def test_a_clearance_in_the_future_is_refused():
    body = a_youth_justice_referral(clearance={"at": TOMORROW})

    assert codes(body, AgencyKind.YOUTH_JUSTICE) == {"/clearance/at": "in_the_future"}


def test_an_affected_person_is_not_born_in_the_future():
    body = a_police_referral()
    body["affected_people"][0]["birth_date"] = "2026-03-04"

    assert codes(body) == {"/affected_people/0/birth_date": "in_the_future"}


@pytest.mark.parametrize(("sent_at", "code"), [("09:35:05", None), ("09:35:06", "in_the_future")])
def test_a_senders_clock_may_run_five_minutes_ahead(sent_at, code):
    found = codes(a_police_referral(sent_at=f"2026-03-02T{sent_at}Z"))

    assert found.get("/sent_at") == code


def test_an_offset_counts_when_times_are_compared():
    assert codes(a_police_referral(sent_at="2026-03-02T10:30:00+01:00")) == {}


@pytest.mark.parametrize(("born", "refused"), [("2026-03-01", False), ("2026-03-02", True)])
def test_nobody_is_born_after_the_behaviour(born, refused):
    found = codes(a_police_referral(participant={"birth_date": born}))

    assert found == ({"/participant/birth_date": "born_after_behaviour"} if refused else {})


def test_behaviour_does_not_end_before_it_begins():
    body = a_police_referral(behaviour={"to": "2026-03-01T14:04:59+00:00"})

    assert codes(body) == {"/behaviour/to": "ends_before_it_begins"}


@pytest.mark.parametrize("field", ["reported_at", "police_decided_at", "disposal_at"])
def test_nothing_answers_behaviour_before_it_begins(field):
    body = a_police_referral(**{field: "2026-03-01T14:00:00+00:00"})

    assert codes(body) == {f"/{field}": "before_the_behaviour"}


@pytest.mark.parametrize("field", CRIME_DOOR_ONLY)
def test_what_only_a_crime_has_is_refused_by_name_on_the_other_door(field):
    body = a_no_crime_police_referral(**{field: a_police_referral()[field]})

    assert codes(body) == {f"/{field}": "forbidden_on_this_door"}


def test_incident_number_and_thrive_stand_on_either_door():
    body = a_no_crime_police_referral()

    assert {"incident_number", "thrive"} <= set(body)
    assert codes(body) == {}


def test_null_counts_as_absent_on_the_other_door():
    assert codes(a_no_crime_police_referral(pnc_id=None, disposal_at=None)) == {}


def test_the_door_and_not_the_agency_decides_what_is_forbidden():
    body = a_housing_referral(pnc_id="2019/0123456E", disposal_at="2026-03-01T17:00:00Z")

    assert codes(body, AgencyKind.HOUSING) == {
        "/pnc_id": "forbidden_on_this_door",
        "/disposal_at": "forbidden_on_this_door",
    }


def test_every_basis_belongs_to_one_door():
    assert BASES[Door.CRIME_OOCR] | BASES[Door.NO_CRIME] == set(Basis)
    assert not BASES[Door.CRIME_OOCR] & BASES[Door.NO_CRIME]


@pytest.mark.parametrize("basis", sorted(BASES[Door.NO_CRIME]))
def test_a_basis_without_a_crime_is_refused_on_the_crime_door(basis):
    assert codes(a_police_referral(basis=basis)) == {"/basis": "basis_of_other_door"}


@pytest.mark.parametrize("basis", sorted(BASES[Door.CRIME_OOCR]))
def test_a_basis_of_a_crime_is_refused_on_the_other_door(basis):
    assert codes(a_no_crime_police_referral(basis=basis)) == {"/basis": "basis_of_other_door"}


def test_a_limitation_by_date_needs_its_date():
    assert codes(a_police_referral(limitation={"kind": "date"})) == {"/limitation/on": "limitation_date_missing"}
    assert codes(a_police_referral(limitation={"kind": "date", "on": "2026-09-01"})) == {}


def test_no_limitation_has_no_date():
    body = a_police_referral(limitation={"kind": "none", "on": "2026-09-01"})

    assert codes(body) == {"/limitation/on": "limitation_date_unexpected"}


@pytest.mark.parametrize("change", [{"kind": "summary_only"}, {"kind": "summary_only", "on": "2026-09-01"}])
def test_a_summary_only_offence_may_come_with_or_without_its_date(change):
    assert codes(a_police_referral(limitation=change)) == {}


def test_conditions_of_reparation_sum_to_the_authorised_minutes():
    conditions = [
        {"purpose": "reparation", "minutes": 400},
        {"purpose": "reparation", "minutes": 200},
        {"purpose": "rehabilitation", "minutes": 90},
    ]

    assert codes(a_police_referral(authorisation={"minutes": 600, "conditions": conditions})) == {}
    assert codes(a_police_referral(authorisation={"minutes": 690, "conditions": conditions})) == {
        "/authorisation/conditions": "conditions_do_not_sum"
    }


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ([{"purpose": "reparation", "minutes": 1}, {"purpose": "reparation", "minutes": 0}], "too_small"),
        ("many", "not_a_list"),
        ([{"purpose": "reparation", "minutes": 1}] * 51, "too_many"),
    ],
)
def test_conditions_that_cannot_be_read_are_not_summed(conditions, code):
    assert list(codes(a_police_referral(authorisation={"conditions": conditions})).values()) == [code]


def test_what_is_to_be_done_is_not_due_before_the_referral_was_sent():
    assert codes(a_police_referral(authorisation={"complete_by": "2026-03-02"})) == {}
    assert codes(a_police_referral(authorisation={"complete_by": "2026-03-01"})) == {
        "/authorisation/complete_by": "complete_by_past"
    }


@pytest.mark.parametrize("missing", ["longitude", "latitude"])
def test_a_longitude_and_a_latitude_come_together(missing):
    body = a_police_referral(behaviour={"place": {missing: None}})

    assert codes(body) == {f"/behaviour/place/{missing}": "half_a_point"}


def test_two_affected_people_do_not_share_a_reference():
    first = a_police_referral()["affected_people"][0]
    body = a_police_referral(affected_people=[first, {**first, "reference": "ap-1 "}, {**first, "reference": 7}])

    assert codes(body) == {
        "/affected_people/1/reference": "repeated_reference",
        "/affected_people/2/reference": "not_text",
    }


def test_a_fault_of_form_in_one_part_hides_no_fault_of_sense_in_another():
    body = a_police_referral(authorisation=7, limitation={"kind": "date"}, behaviour={"to": "2026-03-01T00:00:00Z"})

    assert codes(body) == {
        "/authorisation": "not_an_object",
        "/behaviour/to": "ends_before_it_begins",
        "/limitation/on": "limitation_date_missing",
    }
