import pytest
from pydantic import BaseModel, Field, ValidationError

from schemas.commands import RequestInformation
from schemas.problems import MOST_PROBLEMS, Problem, name_of, nearest, pointer_to, problem_at, problems_of
from schemas.referrals import PoliceReferral
from tests.builders.referrals import a_police_referral, without


def problems(body, model=PoliceReferral) -> dict[str, Problem]:
    try:
        model.model_validate(body)
    except ValidationError as error:
        return {problem.pointer: problem for problem in problems_of(error, model)}
    return {}


def test_a_missing_field_is_named_and_asked_for():
    found = problems(without(a_police_referral(), "participant"))

    assert found["/participant"] == Problem(
        pointer="/participant", code="missing", message="participant is missing; add it."
    )


@pytest.mark.parametrize(
    ("sent", "pointer", "remedy"),
    [
        ({"referrer_reference": ""}, "/referrer_reference", "is empty; fill it in."),
        ({"participant": {"given_name": ""}}, "/participant/given_name", "is empty; fill it in."),
        ({"unit": ""}, "/unit", "is empty; fill it in or leave the field out."),
    ],
)
def test_only_what_may_be_left_out_is_said_to_be_left_out(sent, pointer, remedy):
    assert remedy in problems(a_police_referral(**sent))[pointer].message


def test_an_empty_entry_of_a_list_may_be_left_out():
    found = problems({"fields": [""]}, RequestInformation)

    assert "fill it in or leave the field out" in found["/fields/0"].message


def test_an_unknown_field_names_the_nearest_known_one():
    found = problems(a_police_referral(participant={"givenName": "Corin"}))

    assert found["/participant/givenName"].code == "unknown_field"
    assert "did you mean given_name?" in found["/participant/givenName"].message


def test_an_unknown_field_like_no_other_lists_the_known_ones():
    found = problems(a_police_referral(authorisation={"zzz": 1}))

    assert "Known here: minutes, conditions, complete_by." in found["/authorisation/zzz"].message


def test_an_unknown_field_inside_a_list_names_the_nearest_of_that_part():
    found = problems(a_police_referral(consents=[{"porpose": "take_part"}]))

    assert "did you mean purpose?" in found["/consents/0/porpose"].message


@pytest.mark.parametrize("key", ["Ottoline Marchbank", "07700 900789", "x" * 41, ""])
def test_a_key_that_may_be_somebodys_detail_is_not_repeated(key):
    found = problems(a_police_referral(participant={key: 1}))

    assert list(found) == ["/participant"]
    assert "holds a field that the contract does not know" in found["/participant"].message
    assert not key or key not in found["/participant"].message


def test_the_wire_name_of_a_field_is_suggested_and_not_ours():
    found = problems(a_police_referral(behaviour={"fromm": "2026-03-01T14:05:00Z"}))

    assert "did you mean from?" in found["/behaviour/fromm"].message


def test_an_unknown_value_names_the_nearest_known_one():
    found = problems(a_police_referral(door="no crime "))

    assert found["/door"].message == "door is not one of the known values; did you mean no_crime?"


def test_an_unknown_value_like_no_other_lists_a_short_list():
    found = problems(a_police_referral(door="xyz"))

    assert found["/door"].message == "door is not one of the known values; use one of crime_oocr, no_crime."


def test_a_long_list_of_known_values_is_not_recited():
    code, sentence = "enum", {"expected": ", ".join(f"'{n:04}'" for n in range(30))}
    error = ValidationError.from_exception_data(
        "a model", [{"type": code, "loc": ("door",), "ctx": sentence, "input": "?"}]
    )

    (found,) = problems_of(error, PoliceReferral)

    assert found.message.endswith("use one of those in the published schema.")


@pytest.mark.parametrize("sent", [7, None, ["no_crime"], "n" * 65])
def test_what_is_no_short_word_is_near_to_nothing(sent):
    assert nearest(sent, ("no_crime",)) is None


def test_a_fault_of_a_kind_never_met_is_still_told():
    class Odd(BaseModel):
        size: bytes = Field(max_length=1)

    found = problems({"size": 5}, Odd)

    assert found["/size"].code == "not_valid"
    assert found["/size"].message.startswith("size is not what the contract asks for")


def test_more_than_a_hundred_problems_are_cut_and_said_to_be():
    body = a_police_referral(affected_people=[{}] * 49)

    found = problems(body)

    assert len(found) == MOST_PROBLEMS + 1
    assert found[""].code == "too_many_problems"
    assert found[""].message.startswith("The message has more problems")


def test_a_pointer_is_escaped_as_rfc_6901_says():
    assert pointer_to(("a/b", "m~n", 0)) == "/a~1b/m~0n/0"
    assert pointer_to(()) == ""


def test_a_place_is_named_as_people_read_it():
    assert name_of(("affected_people", 0, "phone")) == "affected_people[0].phone"
    assert name_of(()) == "The message"


def test_braces_in_a_sentence_are_left_alone():
    assert problem_at(("a",), "code", "{field} holds {braces}.").message == "a holds {braces}."


def test_a_message_that_is_no_object_is_said_so():
    assert problems(7)[""].message == "The message must be an object with named fields."
    assert problems(a_police_referral(participant=7))["/participant"].code == "not_an_object"


@pytest.mark.parametrize("sent", ["crime", "oocr", "police", "", 7, "x" * 65])
def test_a_word_that_is_near_to_no_known_one_or_to_several_is_not_guessed(sent):
    assert nearest(sent, ("crime_oocr", "no_crime")) is None


@pytest.mark.parametrize(
    ("sent", "meant"), [("crime-OOCR", "crime_oocr"), ("crime_ocr", "crime_oocr"), ("no crime", "no_crime")]
)
def test_a_slip_of_the_pen_names_the_word_that_was_meant(sent, meant):
    assert nearest(sent, ("crime_oocr", "no_crime")) == meant


def test_a_word_of_no_door_is_answered_with_the_doors():
    found = problems(a_police_referral(door="crime"))

    assert found["/door"].message == "door is not one of the known values; use one of crime_oocr, no_crime."
