"""Is this somebody the scheme already works with?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.rules.matching import (
    POINTS,
    PROPOSE_AT,
    SURE_AT,
    asked_values,
    kept_values,
    name_of,
    phone_of,
    postcode_of,
    reference_of,
    score,
    swapped,
)

PERSON = {
    "given_name": "Corin",
    "family_name": "Tazewell",
    "birth_date": "1994-05-07",
    "postcode": "DE1 9ZZ",
    "phone": "07700 900123",
}
SOMEBODY_ELSE = {
    "given_name": "Ottoline",
    "family_name": "Marchbank",
    "birth_date": "1971-11-30",
    "postcode": "DE1 8YY",
    "phone": "07700 900789",
}
WORDS = st.text(max_size=12)
DETAILS = st.fixed_dictionaries(
    {
        "given_name": WORDS,
        "family_name": WORDS,
        "birth_date": st.dates().map(lambda day: day.isoformat()),
        "postcode": WORDS,
        "phone": WORDS,
    }
)


def meet(one, other):
    """What somebody who is asked for as `one` shares with somebody who is kept as `other`."""
    return set(asked_values(one)) & set(kept_values(other))


def test_a_person_agrees_with_the_same_person_in_everything():
    assert score(PERSON, PERSON) == (100, tuple(POINTS))
    assert sum(POINTS.values()) == 100
    assert PROPOSE_AT < SURE_AT <= 100


@pytest.mark.parametrize("said", ["IJ-2026/041", "ij 2026 041", "\uff29\uff2a2026041"])
def test_a_reference_is_the_same_however_it_is_spaced_and_spelled(said):
    assert reference_of(said) == "ij2026041"
    assert reference_of(" -/ ") == ""


def test_two_different_people_agree_in_nothing():
    assert score(PERSON, SOMEBODY_ELSE) == (0, ())


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"family_name": "Tazwell"}, 100),
        ({"family_name": "TAZEWELL "}, 100),
        ({"given_name": "Córin"}, 100),
        ({"birth_date": "1994-07-05"}, 90),
        ({"birth_date": "1994-05-08"}, 65),
        ({"phone": "+44 7700 900123"}, 100),
        ({"postcode": "de19zz"}, 100),
        ({"phone": None}, 90),
        ({"phone": None, "postcode": None}, 75),
        ({"phone": None, "postcode": None, "birth_date": None}, 40),
    ],
)
def test_dirty_details_of_one_person_still_agree(changes, points):
    assert score(PERSON, {**PERSON, **changes})[0] == points


def test_only_points_and_names_of_fields_come_out():
    _, agreeing = score(PERSON, {**SOMEBODY_ELSE, "phone": PERSON["phone"]})

    assert agreeing == ("phone",)


@pytest.mark.parametrize("shared", [{"postcode", "phone"}, {"family_name", "postcode"}, {"birth_date"}])
def test_a_shared_home_or_a_shared_birthday_alone_proposes_nobody(shared):
    other = {**SOMEBODY_ELSE, **{field: PERSON[field] for field in shared}}

    assert score(PERSON, other)[0] < PROPOSE_AT


def test_a_surname_and_a_birth_date_propose_somebody_and_a_person_decides():
    other = {**SOMEBODY_ELSE, "family_name": PERSON["family_name"], "birth_date": PERSON["birth_date"]}

    assert PROPOSE_AT <= score(PERSON, other)[0] < SURE_AT


@pytest.mark.parametrize("names", [("-", "'"), ("", "Tazewell"), ("Tazewell", "1")])
def test_a_name_without_letters_agrees_with_none(names):
    one, other = ({"family_name": name} for name in names)

    assert score(one, other) == (0, ())


def test_names_that_sound_alike_agree_though_they_are_spelt_far_apart():
    assert score({"family_name": "Wright"}, {"family_name": "Rite"}) == (25, ("family_name",))


def test_letters_without_a_sound_agree_only_as_they_are_written():
    assert score({"family_name": "李"}, {"family_name": "王"}) == (0, ())


@given(DETAILS, DETAILS)
def test_a_score_is_the_same_in_either_direction_and_lies_between_none_and_all(one, other):
    points, agreeing = score(one, other)

    assert score(other, one) == (points, agreeing)
    assert 0 <= points <= 100
    assert bool(points) is bool(agreeing)


def test_a_person_is_found_by_how_the_names_begin_with_birth_date_and_home_and_by_phone():
    assert sorted(kept_values(PERSON)) == [
        ("birth_date_and_beginning", "1994-05-07/t"),
        ("phone", "07700900123"),
        ("postcode_and_beginning", "DE19ZZ/c"),
        ("postcode_and_beginning", "DE19ZZ/k"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sharma", "Sarma"), ("Thapa", "Tapa"), ("Chapman", "Capman"), ("George", "Goerge"), ("Knight", "Night")],
)
def test_surnames_that_score_as_one_are_found_with_the_same_birth_date(one, other):
    left, right = ({"birth_date": "1994-05-07", "family_name": name} for name in (one, other))

    assert score(left, right)[0] >= PROPOSE_AT
    assert set(kept_values(left)) & set(kept_values(right))


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "Tazwell", "postcode": None, "phone": None},
        {"family_name": "Tazewells", "given_name": "", "birth_date": "1994-07-05", "phone": None},
        {"family_name": "Marchbank", "birth_date": None, "given_name": "Korin", "phone": None},
        {"family_name": "Marchbank", "birth_date": None, "postcode": None, "phone": "0044 7700 900123"},
    ],
)
def test_dirty_details_of_one_person_still_meet_in_one_value(changes):
    assert meet({**PERSON, **changes}, PERSON)
    assert meet(PERSON, {**PERSON, **changes})


@given(st.data())
def test_whoever_would_be_proposed_is_found_unless_the_names_begin_otherwise(data):
    either = {field: st.sampled_from((value, SOMEBODY_ELSE[field], None)) for field, value in PERSON.items()}
    turned = st.sampled_from(("1994-05-07", "1994-07-05", SOMEBODY_ELSE["birth_date"], None))
    other = data.draw(st.fixed_dictionaries({**either, "birth_date": turned}))

    points, _ = score(PERSON, other)

    assert points < PROPOSE_AT or meet(PERSON, other)


def test_a_date_that_reads_the_same_either_way_is_asked_for_once():
    assert swapped("1994-05-05") is None
    assert swapped("1994-05-17") is None
    assert swapped("1994-05-07") == "1994-07-05"
    assert len(list(asked_values({**PERSON, "birth_date": "1994-05-05"}))) == 4
    assert len(list(asked_values(PERSON))) == 5


def test_nothing_known_leaves_nothing_to_search_by():
    assert list(asked_values({})) == []
    assert list(asked_values({"postcode": "DE1 9ZZ", "family_name": "Tazewell"})) == []
    assert list(asked_values({"birth_date": "1994-05-07"})) == []


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("+44 (0)7700 900123", "07700900123"),
        ("0044 7700 900123", "07700900123"),
        ("07700-900123", "07700900123"),
        ("00353 1 555", "003531555"),
        ("", ""),
    ],
    ids=["from abroad", "by its prefix", "with a hyphen", "of another country", "none"],
)
def test_a_phone_number_is_the_same_however_it_is_written(written, means):
    assert phone_of(written) == means


def test_names_and_postcodes_are_compared_without_case_accent_or_gap():
    assert name_of(" O'Brién-Smith ") == "obriensmith"
    assert postcode_of("de1 9zz") == "DE19ZZ"
