from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.problems import Problem
from schemas.referrals import HousingReferral, PoliceReferral, Referral, YouthJusticeReferral, reading
from schemas.referrals.reading import MODELS, ReferralRejected, read_referral, read_slowly
from schemas.vocabulary import AgencyKind
from tests.builders.referrals import (
    RECEIVED_AT,
    a_housing_referral,
    a_police_referral,
    a_youth_justice_referral,
    without,
)

MARK = "Qz7xMark"
BODIES = {
    AgencyKind.POLICE: a_police_referral(),
    AgencyKind.YOUTH_JUSTICE: a_youth_justice_referral(),
    AgencyKind.HOUSING: a_housing_referral(),
}


def rejected(kind, body) -> ReferralRejected:
    with pytest.raises(ReferralRejected) as caught:
        read_referral(kind, body, RECEIVED_AT)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (AgencyKind.POLICE, PoliceReferral),
        (AgencyKind.YOUTH_JUSTICE, YouthJusticeReferral),
        (AgencyKind.HOUSING, HousingReferral),
    ],
)
def test_each_kind_of_agency_has_a_referral_of_its_own(kind, model):
    assert type(read_referral(kind, BODIES[kind], RECEIVED_AT)) is model


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (AgencyKind.POLICE, ()),
        (AgencyKind.YOUTH_JUSTICE, ("worker", "assessment_reference", "clearance")),
        (AgencyKind.HOUSING, ("tenancy_reference", "ladder_step")),
    ],
)
def test_a_kept_referral_is_read_back_as_the_kind_it_was(kind, own):
    referral = read_referral(kind, without(BODIES[kind], *own), RECEIVED_AT)

    kept = referral.model_dump_json()

    assert TypeAdapter(Referral).validate_json(kept) == referral


def test_five_mistakes_give_five_entries():
    body = a_police_referral(
        sent_at="2026-03-02T09:30:00",
        door="crime",
        participant={"birth_date": "2026-03-02", "postcode": "nowhere"},
        authorisation={"minutes": 0},
    )

    problems = rejected(AgencyKind.POLICE, body).problems

    assert [(problem.pointer, problem.code) for problem in problems] == [
        ("/authorisation/minutes", "too_small"),
        ("/door", "unknown_value"),
        ("/participant/birth_date", "born_after_behaviour"),
        ("/participant/postcode", "postcode_cannot_be"),
        ("/sent_at", "no_offset"),
    ]


def test_a_field_has_one_entry_however_many_rules_it_breaks():
    body = a_police_referral(door="no_crime", basis="cpw", pnc_id="nonsense", disposal_at="2030-01-01T00:00:00Z")

    problems = rejected(AgencyKind.POLICE, body).problems

    pointers = [problem.pointer for problem in problems]
    assert len(pointers) == len(set(pointers))
    assert {problem.code for problem in problems} == {"forbidden_on_this_door"}


@pytest.mark.parametrize("kind", list(AgencyKind))
def test_an_empty_message_is_refused_field_by_field(kind):
    problems = rejected(kind, {}).problems

    assert {problem.code for problem in problems} == {"missing"}
    assert {"/message_id", "/participant", "/behaviour", "/authorisation"} <= {one.pointer for one in problems}


def test_a_rejection_carries_the_message_id_where_it_can_be_read():
    body = without(a_police_referral(), "door")

    assert rejected(AgencyKind.POLICE, body).message_id == UUID(body["message_id"])


@pytest.mark.parametrize("message_id", ["nonsense", None, 7, ["6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e0001"]])
def test_a_rejection_carries_no_message_id_where_there_is_none(message_id):
    assert rejected(AgencyKind.POLICE, a_police_referral(message_id=message_id)).message_id is None


def test_a_rejection_names_codes_in_its_text_and_drags_nothing_along():
    error = rejected(AgencyKind.POLICE, a_police_referral(participant={"postcode": MARK}))

    assert str(error) == "The referral breaks the contract: postcode_cannot_be"
    assert error.__context__ is None
    assert error.__cause__ is None


def test_a_child_without_a_responsible_adult_is_not_refused():
    body = a_youth_justice_referral(participant={"responsible_adults": []})

    assert read_referral(AgencyKind.YOUTH_JUSTICE, body, RECEIVED_AT).participant.responsible_adults == ()


def test_what_police_add_is_unknown_in_a_landlords_referral():
    body = a_housing_referral(incident_number="INC-1")

    assert [one.code for one in rejected(AgencyKind.HOUSING, body).problems] == ["unknown_field"]


def test_the_published_schema_says_what_the_models_ask():
    for model in MODELS.values():
        schema = model.model_json_schema()

        assert schema["properties"]["disposal_at"]["description"] == "Crime door only."
        assert schema["$defs"]["Behaviour"]["required"] == ["from", "kind", "place"]
        assert schema["additionalProperties"] is False
        assert schema["properties"]["agency"]["pattern"] == "^(?:[a-z0-9]+(?:-[a-z0-9]+)*)$"


def test_a_message_nested_without_end_is_refused_and_breaks_nothing():
    nested: Any = []
    for _ in range(5000):
        nested = [nested]

    (problem,) = rejected(
        AgencyKind.POLICE, {**a_police_referral(), "participant": nested, "door": {"a": nested}}
    ).problems

    assert (problem.pointer, problem.code) == ("", "too_deep")


@pytest.mark.parametrize(
    "flood",
    [
        {"affected_people": [{"reference": "same"}] * 5000, "consents": [{"at": "2099-01-01T00:00:00Z"}] * 5000},
        {"participant": {"access_needs": ["welsch"] * 5000}},
        {f"z{n}": n for n in range(5000)},
    ],
)
def test_a_flood_of_faults_is_told_in_part_only(flood):
    problems = rejected(AgencyKind.POLICE, {**a_police_referral(), **flood}).problems

    assert len(problems) < 300


def test_a_list_beyond_what_is_looked_at_is_still_too_long():
    body = a_police_referral(participant={"access_needs": ["welsh"] * 5000})

    assert [one.code for one in rejected(AgencyKind.POLICE, body).problems] == ["too_many"]


def places(value: Any, place: tuple = ()) -> list[tuple]:
    """Every place of a message: its objects, lists and leaves."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for step, one in inner for deeper in places(one, (*place, step)))]


def with_value(body: Any, place: tuple, value: Any) -> Any:
    """The message with another value at one place."""
    changed = deepcopy(body)
    *way, last = place
    part = changed
    for step in way:
        part = part[step]
    part[last] = value
    return changed


marked = st.text(max_size=30).map(lambda text: MARK + text)
odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**19), 987654321987, 0, -1])
    | st.floats()
    | marked
    | st.sampled_from(["", "\0", "\ud800", "0000-00-00T00:00Z", "9999-12-31T23:59:59-12:00", "P1D", "1e999"])
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "2026-02-30", "2026-03-01T14:05:00+99:99", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(marked, inner, max_size=3),
    max_leaves=6,
)


def problems_of_reading(kind, body) -> tuple[Problem, ...]:
    """The problems told of a message, and none where it is a referral after all."""
    try:
        read_referral(kind, body, RECEIVED_AT)
    except ReferralRejected as error:
        return (*error.problems, Problem(pointer="/", code="as a whole", message=str(error)))
    return ()


NEARLY_RIGHT = st.sampled_from(
    [
        *("2026-03-02T10:00:00+00:00", "2026-03-01T00:00:00+01:00", "2099-01-01T00:00:00Z", "2026-02-28T23:00:00Z"),
        *("2030-01-01", "2010-09-03", "2026-03-01", " A-1 ", "crime_oocr", "no_crime", "cpw", "none", "date"),
        *(0.5, 60, 53.0, -1, True, None, "", [], {}),
    ]
)


def read_by(way, kind, body):
    """What one way of reading says of a message: the referral, or the problems and the message's id."""
    try:
        return way(kind, body, RECEIVED_AT)
    except ReferralRejected as error:
        return (error.problems, error.message_id)


@pytest.mark.parametrize("kind", list(AgencyKind))
@settings(deadline=None)
@given(data=st.data())
def test_the_quick_way_says_of_any_message_what_the_slow_way_says(kind, data):
    body = BODIES[kind]
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.sampled_from(places(body)[1:]))
        body = with_value(body, place, data.draw(NEARLY_RIGHT | odd))

    assert read_by(read_referral, kind, body) == read_by(read_slowly, kind, body)


@pytest.mark.parametrize("kind", list(AgencyKind))
def test_a_message_without_fault_is_read_once_and_no_part_of_it_again(kind, monkeypatch):
    monkeypatch.setattr(reading, "read_slowly", None)

    assert read_referral(kind, BODIES[kind], RECEIVED_AT) == read_slowly(kind, BODIES[kind], RECEIVED_AT)


@pytest.mark.parametrize("kind", list(AgencyKind))
@settings(deadline=None)
@given(data=st.data())
def test_no_value_anywhere_raises_anything_but_a_rejection_nor_is_repeated_in_it(kind, data):
    body = BODIES[kind]
    place = data.draw(st.sampled_from(places(body)[1:]))

    told = repr(problems_of_reading(kind, with_value(body, place, data.draw(odd))))

    assert MARK not in told
    assert "987654321987" not in told


@settings(deadline=None)
@given(data=st.data())
def test_several_odd_values_together_raise_nothing_but_a_rejection(data):
    body = BODIES[AgencyKind.POLICE]
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(body)), odd, min_size=2, max_size=8))

    problems = problems_of_reading(AgencyKind.POLICE, {**body, **changes})[:-1]

    pointers = [problem.pointer for problem in problems]
    assert pointers == sorted(set(pointers))
    assert MARK not in repr(problems)
