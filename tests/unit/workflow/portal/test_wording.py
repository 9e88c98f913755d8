"""A refusal whose cause is an affected person's safety looks like an ordinary one to whoever may not know."""

import pytest

from schemas.vocabulary import AttendanceOutcome, OrganisationKind, Role
from tests.fakes.portal import TENANT
from workflow.machine.decisions import REASONS
from workflow.portal.wording import COVERS, OUTCOME_WORDS, command_words, event_words, outcome_words, plain, refused
from workflow.portal_ports import Caller

COVERED = sorted(code for code, reason in REASONS.items() if reason.cover)


def _caller(role, kind=OrganisationKind.PROVIDER):
    roles = frozenset({role} if role else ())
    return Caller(id="one", tenant=TENANT, organisation="mend-derbyshire", kind=kind, roles=roles)


def test_some_refusal_has_a_cover():
    assert COVERED


@pytest.mark.parametrize("code", COVERED)
@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR, Role.TRIAGE])
def test_the_cover_form_equals_the_ordinary_refusal_in_every_part(code, role):
    cover = REASONS[code].cover

    covered = refused(code, {"site": "arboretum"}, _caller(role))
    ordinary = refused(cover, {"places": 3}, _caller(role))

    assert covered == ordinary


@pytest.mark.parametrize("code", COVERED)
def test_those_who_may_know_are_told_the_full_form(code):
    told = refused(code, {"site": "arboretum"}, _caller(Role.MANAGER))

    assert (told.code, dict(told.facts)) == (code, {"site": "arboretum"})


def test_every_cover_is_itself_a_reason_without_a_cover():
    assert [cover for cover in COVERS if REASONS[cover].cover] == []


def test_an_agency_is_told_no_inner_facts():
    told = refused("hours_not_met", {"credited": 30}, _caller(None, OrganisationKind.POLICE))

    assert dict(told.facts) == {}


def test_codes_become_words():
    assert command_words("RecordYouthJusticeClearance") == "Record youth justice clearance"
    assert event_words("case.session.attended") == "Session attended"
    assert set(OUTCOME_WORDS) == set(AttendanceOutcome)


def test_what_came_of_a_session_is_said_in_words_without_its_code():
    assert plain("anti_social_behaviour") == "anti-social behaviour"
    assert outcome_words("ATTC") == "Came and complied"
    assert outcome_words(AttendanceOutcome.AFTC) == "Came and failed to comply"
