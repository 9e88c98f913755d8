"""The youth justice service that clears a child is an audience of its own (domain.md section 10 row 5, 13.6, 13.10)."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from schemas import vocabulary as v
from schemas.events import intake, life, work
from tests.builders import cases
from tests.builders.tellings import told
from workflow.rules.disclosure import agency_view
from workflow.schemes.parts import Withheld

BY_HAND = tomllib.loads((Path(__file__).parent / "what_each_audience_may_see.toml").read_text())
CLEARING = BY_HAND["youth_justice_that_clears"]
POLICE = cases.a_referrer()
SAME_SERVICE = cases.a_referrer(
    agency=cases.YOUTH_JUSTICE, kind=v.AgencyKind.YOUTH_JUSTICE, token=cases.CLEARANCE_TOKEN, governs=False
)
OTHER_SERVICE = replace(SAME_SERVICE, agency="another-youth-justice", token=cases.AFFECTED)
REQUESTED = intake.ClearanceRequested(agency=cases.YOUTH_JUSTICE, agency_token=cases.CLEARANCE_TOKEN)
FACTS = (
    REQUESTED,
    intake.ClearanceRecorded(given=False),
    work.WarningIssued(session=cases.SESSION_ID, stage="warned"),
    work.CaseReturned(reason="non_compliance"),
    life.CaseCompleted(quality="good", credited=120),
)
# It only clears, or it referred the same incident besides: it hears the same.
HATS = [(POLICE,), (POLICE, SAME_SERVICE)]


def a_childs_case(*referrers):
    return cases.an_active_case(
        child=True,
        referrers=referrers,
        clearance_agency=cases.YOUTH_JUSTICE,
        clearance_token=cases.CLEARANCE_TOKEN,
    )


def heard(fact, case, agency=cases.YOUTH_JUSTICE):
    return [notice for notice in told(fact, case) if getattr(notice, "organisation", None) == agency]


@pytest.mark.parametrize("referrers", HATS)
def test_it_hears_what_it_is_asked_to_clear_and_what_came_of_it(referrers):
    case = a_childs_case(*referrers)

    (asked,) = heard(REQUESTED, case)
    (answered,) = heard(intake.ClearanceRecorded(given=True), case)

    assert set(asked.fields) == set(CLEARING["asked_about"])
    assert set(answered.fields) == set(CLEARING["outcome"])


@pytest.mark.parametrize("referrers", HATS)
def test_it_hears_of_warnings_of_the_child_and_how_the_case_ended(referrers):
    kinds = [notice.kind for fact in FACTS for notice in heard(fact, a_childs_case(*referrers))]

    assert kinds == CLEARING["kinds"]


@pytest.mark.parametrize("referrers", HATS)
def test_what_is_asked_of_a_referrer_and_why_it_is_declined_is_the_referrers_alone(referrers):
    case = a_childs_case(*referrers)

    asked = heard(intake.InformationRequested(fields=("/limitation",)), case)
    declined = heard(intake.ReferralDeclined(reason="excluded_offence"), case)

    assert not {notice.kind for notice in (*asked, *declined)} & set(CLEARING["never_kinds"])


@pytest.mark.parametrize("referrers", HATS)
def test_it_reads_how_the_case_stands_in_full(referrers):
    view = agency_view(a_childs_case(*referrers), cases.YOUTH_JUSTICE, cases.a_policy())

    assert view["clearance"] is v.Clearance.GIVEN
    assert set(view) <= set(BY_HAND["youth_justice"]["allowed"])


def test_another_youth_justice_service_that_referred_is_asked_nothing_and_reads_the_state_alone():
    case = a_childs_case(POLICE, OTHER_SERVICE)

    assert heard(REQUESTED, case, OTHER_SERVICE.agency) == []
    assert heard(intake.ClearanceRecorded(given=True), case, OTHER_SERVICE.agency) == []
    assert set(agency_view(case, OTHER_SERVICE.agency, cases.a_policy())) == {"referral", "state"}


def test_a_scheme_may_keep_a_field_from_an_audience_in_notices_and_in_what_it_reads():
    policy = cases.a_policy()
    kept = policy.model_copy(update={"withheld": (Withheld(audience=v.Audience.POLICE, field="credited_minutes"),)})
    case = cases.an_active_case()

    assert "credited_minutes" in agency_view(case, cases.POLICE, policy)
    assert "credited_minutes" not in agency_view(case, cases.POLICE, kept)
    assert "agreed_minutes" in agency_view(case, cases.POLICE, kept)
