"""Who may ask for what: written down by hand, and compared with the table."""

import pytest

from schemas import commands as c
from schemas.commands import COMMANDS
from schemas.vocabulary import AgencyKind, OrganisationKind, Role
from tests.builders import cases as b
from workflow.rules.permissions import PERMISSIONS, TIMEKEEPER, may, may_refer, permission_rows

CASE = b.an_accepted_case(child=True)
POLICE_CASE = b.an_accepted_case()
CLOCKS = {"WarnOfClock", "BreachClock", "TellOfBreach", "RemindOfSession"}
CONTACT = {
    "RecordContactDetails",
    "RecordContactAttempt",
    "RecordViews",
    "ChooseUpdatesOnly",
    "DeclineInvolvement",
    "MarkUnreachable",
    "MarkDoNotContact",
    "WithdrawAffectedPerson",
    "RecordSatisfaction",
}
TRIAGE = {
    "ConfirmMatch",
    "RejectMatch",
    "RequestInformation",
    "ProvideInformation",
    "AcceptReferral",
    "DeclineReferral",
    "RecordYouthJusticeClearance",
    "AllocateCaseworker",
    "RecordResponsibility",
    "WithdrawCase",
}
ATTENDANCE = {"StopSession", "CancelSession", "RecordAttendance", "CorrectAttendance"}
YOUTH = b.an_agency(b.YOUTH_JUSTICE, OrganisationKind.YOUTH_JUSTICE)


def allowed(actor, case=POLICE_CASE):
    return {name for name, command in COMMANDS.items() if may(actor, command, case)} - {"SubmitReferral"}


def test_every_command_has_a_row_and_every_row_a_command():
    assert set(PERMISSIONS) == set(COMMANDS.values())


@pytest.mark.parametrize(
    ("role", "may_ask"),
    [
        (Role.TRIAGE, TRIAGE),
        (Role.AFFECTED_PERSON_WORKER, CONTACT),
        (Role.SUPERVISOR, ATTENDANCE),
        (Role.OPERATOR, set()),
        (Role.EVALUATOR, set()),
        (Role.AUDITOR, set()),
        (Role.DATA_PROTECTION, set()),
    ],
)
def test_a_role_may_ask_for_its_own_work_alone(role, may_ask):
    assert allowed(b.an_actor(role)) - {"AcceptTransfer"} == may_ask


def test_a_manager_may_ask_for_all_casework_but_speaks_for_no_agency_and_no_clock():
    everything = set(COMMANDS) - {"SubmitReferral"}

    assert allowed(b.an_actor(Role.MANAGER)) == everything - CLOCKS - {"AmendReferral"}


def test_final_steps_are_the_managers_and_contact_is_not_the_caseworkers():
    caseworker = allowed(b.an_actor(Role.CASEWORKER))

    assert caseworker & {"CompleteCase", "CloseWithoutFault", "ReopenCase", "TransferCase"} == set()
    assert caseworker & CONTACT == set()
    assert {"AgreePlan", "BookSession", "RecordAttendance", "IssueWarning", "ReturnToReferrer"} <= caseworker


def test_roles_add_up():
    both = allowed(b.an_actor(Role.TRIAGE, Role.SUPERVISOR))

    assert both - {"AcceptTransfer"} == TRIAGE | ATTENDANCE


def test_a_role_at_another_provider_is_worth_nothing_here():
    assert allowed(b.an_actor(organisation=b.OTHER_PROVIDER)) == set()


def test_only_the_provider_that_a_case_is_offered_to_gains_by_the_offer():
    offered = b.an_accepted_case(transfer_to=b.OTHER_PROVIDER)

    assert allowed(b.an_actor(organisation=b.OTHER_PROVIDER), offered) == {"AcceptTransfer"}
    assert allowed(b.an_actor(organisation="a-third"), offered) == set()


def test_a_referrer_may_amend_answer_and_withdraw_its_own_case():
    assert allowed(b.an_agency()) == {"AmendReferral", "ProvideInformation", "WithdrawCase", "FlagReoffending"}


def test_a_second_referrer_neither_answers_nor_withdraws_for_the_one_that_governs():
    joined = b.a_referrer(agency=b.HOUSING, kind=AgencyKind.HOUSING, governs=False)
    case = b.an_accepted_case(referrers=(b.a_referrer(), joined))

    landlord = b.an_agency(b.HOUSING, OrganisationKind.HOUSING)

    assert allowed(landlord, case) == {"AmendReferral"}


@pytest.mark.parametrize(
    "agency",
    [
        b.an_agency("another-force"),
        b.an_agency(b.HOUSING, OrganisationKind.HOUSING),
        b.an_agency("evaluators", OrganisationKind.EVALUATOR),
        b.an_agency("commissioner", OrganisationKind.COMMISSIONER),
    ],
)
def test_whoever_did_not_refer_may_ask_for_nothing(agency):
    assert allowed(agency) == set()


def test_youth_justice_clears_what_it_referred_and_what_it_was_asked_about():
    asked = b.an_accepted_case(clearance_agency=b.YOUTH_JUSTICE)

    assert may(YOUTH, c.RecordYouthJusticeClearance, CASE)
    assert allowed(YOUTH, asked) == {"RecordYouthJusticeClearance"}
    assert allowed(YOUTH) == set()


def test_police_that_refer_a_child_do_not_clear_it():
    child = b.an_accepted_case(child=True, referrers=(b.a_referrer(),))

    assert not may(b.an_agency(), c.RecordYouthJusticeClearance, child)


def test_the_timekeeper_speaks_of_clocks_and_reminders_alone():
    assert allowed(TIMEKEEPER) == CLOCKS


@pytest.mark.parametrize(
    ("actor", "may_open"),
    [
        (b.an_agency(), True),
        (YOUTH, True),
        (b.an_actor(Role.TRIAGE), True),
        (b.an_actor(Role.CASEWORKER), False),
        (b.an_agency("evaluators", OrganisationKind.EVALUATOR), False),
        (TIMEKEEPER, False),
    ],
)
def test_agencies_refer_and_triage_types_in_what_came_on_paper(actor, may_open):
    assert may_refer(actor) is may_open


def test_the_permission_table_reads_aloud():
    head, *rows = permission_rows()
    told = {row[0]: dict(zip(head, row, strict=True)) for row in rows}

    assert set(told) == set(COMMANDS)
    assert told["AgreePlan"]["caseworker"] == "yes"
    assert told["AgreePlan"]["triage"] == ""
    assert told["AmendReferral"]["agencies that referred"] == "housing, police, youth_justice"
    assert told["BreachClock"]["others"] == "the timekeeper"
    assert told["AcceptTransfer"]["others"] == "at the receiving provider"
    assert told["RecordYouthJusticeClearance"]["others"] == "the youth justice service that clears"
