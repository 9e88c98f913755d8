from datetime import UTC, date, datetime

import pytest

from schemas.referrals import PoliceReferral
from schemas.referrals.fields import pnc_check_letter
from schemas.referrals.reading import ReferralRejected, read_referral
from schemas.vocabulary import AgencyKind
from tests.builders.referrals import RECEIVED_AT, a_police_referral


def codes(**changes) -> dict[str, str]:
    try:
        read_referral(AgencyKind.POLICE, a_police_referral(**changes), RECEIVED_AT)
    except ReferralRejected as rejected:
        return {problem.pointer: problem.code for problem in rejected.problems}
    return {}


@pytest.mark.parametrize("postcode", ["DE1 9ZZ", "de19zz", "M1 1AE", "EC1A 1BB", " W1A 0AX ", "GIR 0AA"])
def test_a_postcode_is_read_however_it_is_spaced_or_cased(postcode):
    assert codes(participant={"postcode": postcode}) == {}


def test_a_postcode_is_kept_in_its_usual_form():
    body = a_police_referral(participant={"postcode": " de19zz"})

    assert read_referral(AgencyKind.POLICE, body, RECEIVED_AT).participant.postcode == "DE1 9ZZ"


@pytest.mark.parametrize("postcode", ["DE1", "12345", "DE1 9CI", "D\u01581 9ZZ", "DE1 9ZZ 4", "DE\u0661 9ZZ"])
def test_a_postcode_that_cannot_be_is_refused(postcode):
    assert codes(participant={"postcode": postcode}) == {"/participant/postcode": "postcode_cannot_be"}


@pytest.mark.parametrize("phone", ["07700 900123", "+44 (0)7700-900123", "01332.496001"])
def test_a_phone_number_is_taken_as_people_write_it(phone):
    assert codes(participant={"phone": phone}) == {}


@pytest.mark.parametrize("phone", ["999", "none", "07700 900123 ask for Jo", "0" * 16])
def test_a_phone_number_that_cannot_be_is_refused(phone):
    assert codes(participant={"phone": phone}) == {"/participant/phone": "phone_cannot_be"}


@pytest.mark.parametrize("email", ["someone", "a@b", "a b@example.org", "a@@example.org"])
def test_an_email_address_that_cannot_be_is_refused(email):
    assert codes(participant={"email": email}) == {"/participant/email": "email_cannot_be"}


@pytest.mark.parametrize(
    ("year", "serial", "letter"), [("2002", "73319", "Z"), ("2003", "0011985", "X"), ("2012", "394773", "H")]
)
def test_the_check_letter_of_a_pnc_identifier_follows_year_and_serial(year, serial, letter):
    assert pnc_check_letter(year, serial) == letter


@pytest.mark.parametrize("pnc_id", ["2002/0073319Z", "02/73319z", "2012/394773H"])
def test_a_pnc_identifier_is_read_in_its_long_and_short_forms(pnc_id):
    assert codes(pnc_id=pnc_id) == {}


@pytest.mark.parametrize(
    ("pnc_id", "code"),
    [("2002/0073319A", "pnc_check_letter"), ("2002/00733190Z", "pnc_format"), ("73319Z", "pnc_format")],
)
def test_a_pnc_identifier_that_cannot_be_is_refused(pnc_id, code):
    assert codes(pnc_id=pnc_id) == {"/pnc_id": code}


@pytest.mark.parametrize("urn", ["30DD0012326", "30dd 00123/26", "30DD0012326-1"])
def test_a_urn_is_read_leniently(urn):
    assert codes(urn=urn) == {}


@pytest.mark.parametrize("urn", ["ABCDEFG", "30D", "30DD0012326!", "3" * 21])
def test_a_urn_that_cannot_be_is_refused(urn):
    assert codes(urn=urn) == {"/urn": "urn_shape"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("uprn", "1234567890123", "uprn_shape"),
        ("parent_uprn", "10A", "uprn_shape"),
        ("uprn", 100030300123, "not_text"),
        ("home_local_authority", "Derby", "area_code_shape"),
        ("preferred_language", "English please", "language_shape"),
        ("ethnicity", "Z9", "unknown_value"),
        ("given_name", "   ", "empty"),
        ("given_name", "x" * 201, "too_long"),
        ("address", "x" * 4001, "too_long"),
        ("address", "1 Some\0where", "null_character"),
        ("family_name", "\ud800", "not_unicode"),
        ("birth_date", "17/05/1994", "not_a_date"),
        ("birth_date", "1994-02-30", "not_a_date"),
        ("birth_date", "0994-02-03", "implausible_year"),
        ("birth_date", 19940517, "not_a_date"),
        ("access_needs", "welsh", "not_a_list"),
        ("access_needs", ["welsh"] * 21, "too_many"),
        ("home_point", {"longitude": 181}, "too_large"),
        ("home_point", {"latitude": -1.47}, "too_small"),
        ("home_point", {"latitude": float("nan")}, "not_a_number"),
        ("home_point", {"latitude": "52"}, "not_a_number"),
    ],
)
def test_each_field_of_a_participant_says_what_is_wrong_with_it(field, value, code):
    assert list(codes(participant={field: value}).values()) == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"message_id": "17"}, "not_a_uuid"),
        ({"message_id": 17}, "not_a_uuid"),
        ({"sent_at": "2026-03-02T09:30:00"}, "no_offset"),
        ({"sent_at": "2026-03-02"}, "not_a_moment"),
        ({"sent_at": "1772443800"}, "not_a_moment"),
        ({"sent_at": 1772443800}, "not_a_moment"),
        ({"sent_at": "2026-03-02T29:30:00Z"}, "not_a_moment"),
        ({"sent_at": "1026-03-02T09:30:00Z"}, "implausible_year"),
        ({"agency": "Derbyshire Police"}, "slug_shape"),
        ({"offence_code": "s.5; DROP"}, "code_shape"),
        ({"repeat": "yes"}, "not_yes_or_no"),
        ({"repeat": 1}, "not_yes_or_no"),
        ({"authorisation": {"minutes": 0}}, "too_small"),
        ({"authorisation": {"minutes": -60}}, "too_small"),
        pytest.param({"authorisation": {"minutes": 10**5000}}, "too_large", id="five thousand digits"),
        ({"authorisation": {"minutes": "600"}}, "not_a_whole_number"),
        ({"authorisation": {"minutes": 600.5}}, "not_a_whole_number"),
        ({"authorisation": {"minutes": True}}, "not_a_whole_number"),
    ],
)
def test_each_field_of_the_core_says_what_is_wrong_with_it(change, code):
    assert list(codes(**change).values()) == [code]


@pytest.mark.parametrize("text", ["", "Łukasz \u2014 \u201cno!\u201d \U0001f6b2\n\ttwice", "x" * 4000])
def test_free_text_is_accepted_as_people_write_it(text):
    body = a_police_referral(behaviour={"description": text})

    assert read_referral(AgencyKind.POLICE, body, RECEIVED_AT).behaviour.description == text


def test_moments_and_days_may_come_as_python_values_too():
    body = a_police_referral(sent_at=datetime(2026, 3, 2, tzinfo=UTC), participant={"birth_date": date(1994, 5, 17)})

    assert PoliceReferral.model_validate(body).participant.birth_date == date(1994, 5, 17)


def test_a_referral_never_shows_what_it_holds():
    referral = PoliceReferral.model_validate(a_police_referral())

    shown = f"{referral!r} {referral} {referral.participant!r} {referral.affected_people!r}"

    assert "Corin" not in shown
    assert "DE1" not in shown


def test_a_referral_survives_the_way_to_json_and_back():
    referral = PoliceReferral.model_validate(a_police_referral())

    assert PoliceReferral.model_validate_json(referral.model_dump_json()) == referral
    assert PoliceReferral.model_validate(referral.model_dump(mode="json")) == referral
