from datetime import UTC, date, datetime

import pytest

from schemas.referrals.questions import is_child_at, open_questions
from schemas.referrals.reading import read_referral
from schemas.vocabulary import AgencyKind
from tests.builders.referrals import RECEIVED_AT, a_police_referral, a_youth_justice_referral, without


def asked(kind, body) -> dict[str, str]:
    return {one.pointer: one.code for one in open_questions(read_referral(kind, body, RECEIVED_AT))}


def test_a_referral_that_says_all_leaves_nothing_to_ask():
    assert asked(AgencyKind.POLICE, a_police_referral()) == {}
    assert asked(AgencyKind.YOUTH_JUSTICE, a_youth_justice_referral()) == {}


def test_a_limitation_not_stated_is_asked_for():
    body = without(a_police_referral(), "limitation")

    assert asked(AgencyKind.POLICE, body) == {"/limitation": "limitation_unknown"}


def test_a_summary_only_offence_without_its_date_is_asked_about():
    body = a_police_referral(limitation={"kind": "summary_only"})

    assert asked(AgencyKind.POLICE, body) == {"/limitation/on": "limitation_date_unknown"}


@pytest.mark.parametrize(
    ("adults", "code"),
    [
        ([], "responsible_adult_unknown"),
        ([{"authority": "known", "unsafe": True}], "responsible_adult_unknown"),
        ([{"authority": "unknown"}], "authority_unknown"),
        ([{"authority": "known", "unsafe": True}, {"authority": "unknown"}], "authority_unknown"),
    ],
)
def test_a_child_needs_a_safe_adult_with_known_authority(adults, code):
    named = [{"name": "Perpetua Oxbrow", "relationship": "aunt", **adult} for adult in adults]
    body = a_youth_justice_referral(participant={"responsible_adults": named})

    assert asked(AgencyKind.YOUTH_JUSTICE, body) == {"/participant/responsible_adults": code}


@pytest.mark.parametrize(
    ("kind", "permitted", "asks"), [("person", True, True), ("person", False, False), ("community", True, False)]
)
def test_whoever_may_be_contacted_must_be_reachable(kind, permitted, asks):
    person = {"reference": "ap-1", "kind": kind, "permission_to_contact": permitted}

    found = asked(AgencyKind.POLICE, a_police_referral(affected_people=[person]))

    assert found == ({"/affected_people/0": "contact_details_unknown"} if asks else {})


@pytest.mark.parametrize(
    ("born", "on", "child"),
    [
        (date(2008, 2, 29), datetime(2026, 2, 28, tzinfo=UTC), True),
        (date(2008, 2, 29), datetime(2026, 3, 1, tzinfo=UTC), False),
        (date(2008, 6, 9), datetime(2026, 6, 8, tzinfo=UTC), True),
        (date(2008, 6, 9), datetime(2026, 6, 9, tzinfo=UTC), False),
    ],
)
def test_eighteen_begins_with_the_birthday(born, on, child):
    assert is_child_at(born, on) is child
