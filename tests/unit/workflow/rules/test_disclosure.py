"""The code's disclosure table against what was written by hand from domain.md sections 3, 10 and 13."""

import tomllib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import strategies as st

from schemas import vocabulary as v
from schemas.events import intake, life, people, work
from tests.builders import cases
from tests.builders.tellings import (
    CHILD,
    SECRET_SITE,
    SECRET_TIME,
    always,
    referrers_of,
    some_cases,
    some_facts_of,
    tellings,
    told,
    told_to,
)
from workflow.rules.disclosure import FIELDS, Recipient, _public, agency_view, recipients
from workflow.rules.disclosure_table import ROWS

BY_HAND = tomllib.loads((Path(__file__).parent / "what_each_audience_may_see.toml").read_text())
OTHER_REFERRER = BY_HAND["referrer_that_does_not_govern"]
TOLD = [audience for audience in v.Audience if audience is not v.Audience.EVALUATOR]
SILENT = [v.ContactState.DECLINED, v.ContactState.WITHDRAWN, v.ContactState.DO_NOT_CONTACT]
NOTHING = MappingProxyType({})


@pytest.mark.parametrize("audience", v.Audience)
def test_no_field_is_both_allowed_and_forbidden(audience):
    lists = BY_HAND[audience]

    assert set(lists["allowed"]).isdisjoint(lists["forbidden"])


@pytest.mark.parametrize("audience", TOLD)
def test_every_field_that_the_code_can_say_was_judged_by_hand(audience):
    judged = {*BY_HAND[audience]["allowed"], *BY_HAND[audience]["forbidden"]}

    assert {_public(name) for name in FIELDS} <= judged


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.fact.wire}-{row.kind}")
def test_no_row_gives_an_audience_a_field_outside_its_allowance(row):
    for audience in row.audiences:
        justice_only = {name for name in row.fields if name.endswith("_if_justice")}
        kept_back = justice_only if audience is v.Audience.HOUSING else set()

        assert {_public(name) for name in {*row.fields} - kept_back} <= set(BY_HAND[audience]["allowed"])


def test_no_row_speaks_to_the_evaluator():
    assert not [row for row in ROWS if v.Audience.EVALUATOR in row.audiences]


@always(tellings())
def test_no_notice_carries_a_field_outside_its_audiences_allowance(telling):
    for notice in told(*telling):
        assert set(notice.fields) <= set(BY_HAND[notice.audience]["allowed"])


@pytest.mark.parametrize("kind", v.AgencyKind)
@pytest.mark.parametrize("enforceable", [True, False])
def test_a_missed_session_is_not_told_to_a_referrer_that_does_not_govern(kind, enforceable):
    case = cases.a_scheduled_case(referrers=referrers_of([v.AgencyKind.POLICE, kind]))
    fact = work.SessionMissed(session=cases.SESSION_ID, outcome=v.AttendanceOutcome.UACP, enforceable=enforceable)

    agencies = [notice.recipient for notice in told(fact, case) if notice.audience in set(v.AgencyKind)]

    assert agencies == [case.governing.token] * enforceable


@always(tellings())
def test_a_referrer_that_does_not_govern_hears_the_state_and_no_more(telling):
    fact, case = telling
    others = {
        to.token: to.audience for to in recipients(case) if to.agency is not None and not (to.governs or to.clears)
    }

    heard = [notice for notice in told(fact, case) if notice.recipient in others]

    for notice in heard:
        also = OTHER_REFERRER[f"{others[notice.recipient]}_also"]
        assert set(notice.fields) <= set(OTHER_REFERRER["allowed"])
        assert notice.kind in [*OTHER_REFERRER["kinds"], *also]


@pytest.mark.parametrize("contact", SILENT)
@always(data=st.data())
def test_an_affected_person_who_wants_no_contact_hears_nothing(contact, data):
    fact, case = data.draw(tellings())
    quiet = replace(case, affected=tuple(replace(p, contact=contact, wants_updates=True) for p in case.affected))

    assert told_to(v.Audience.AFFECTED_PERSON, fact, quiet) == []


@always(tellings())
def test_an_affected_person_who_did_not_ask_for_updates_hears_nothing(telling):
    fact, case = telling
    unasked = replace(case, affected=tuple(replace(person, wants_updates=False) for person in case.affected))

    assert told_to(v.Audience.AFFECTED_PERSON, fact, unasked) == []


@always(tellings())
def test_an_affected_person_who_took_the_permission_back_hears_nothing(telling):
    fact, case = telling
    silent = replace(case, affected=tuple(replace(person, permission=False) for person in case.affected))

    assert told_to(v.Audience.AFFECTED_PERSON, fact, silent) == []


def test_an_affected_person_who_asked_for_updates_hears_that_work_started():
    case = cases.an_active_case()

    (notice,) = told_to(v.Audience.AFFECTED_PERSON, work.WorkStarted(started_at=cases.SESSION_AT), case)

    assert (notice.kind, notice.recipient, dict(notice.fields)) == (
        "started",
        cases.AFFECTED,
        {"activities": ["litter_picking"]},
    )


@always(tellings(child=CHILD))
def test_a_childs_session_place_and_time_never_reach_an_affected_person(telling):
    for notice in told_to(v.Audience.AFFECTED_PERSON, *telling):
        said = notice.model_dump_json()

        assert SECRET_SITE not in said
        assert "13:37" not in said
        assert SECRET_TIME.date().isoformat() not in said


@always(tellings())
def test_an_affected_person_is_told_in_the_few_kinds_written_by_hand(telling):
    for notice in told_to(v.Audience.AFFECTED_PERSON, *telling):
        assert notice.kind in BY_HAND["affected_person"]["kinds"]


@always(tellings())
def test_housing_is_told_no_minutes_no_outcome_and_no_day(telling):
    for notice in told_to(v.Audience.HOUSING, *telling):
        assert not [name for name in notice.fields if name.endswith(("_minutes", "_on", "_at"))]
        assert set(notice.fields).isdisjoint(BY_HAND["housing"]["forbidden"])


@always(tellings())
def test_nobody_outside_the_case_is_told(telling):
    fact, case = telling
    known = {to.token for to in recipients(case)}
    agencies = {*(referrer.agency for referrer in case.referrers), case.clearance_agency}

    for notice in told(fact, case):
        assert notice.recipient in known
        assert getattr(notice, "organisation", None) in {*agencies, None}


@always(tellings())
def test_no_notice_names_the_case_or_another_one(telling):
    fact, case = telling
    linked = replace(case, linked_to=cases.OTHER_CASE_ID, transferred_from=cases.OTHER_CASE_ID)
    where_it_went = {name for name in type(fact).model_fields if name in {"other_case", "from_case", "to_case"}}
    pointing = fact.model_copy(update=dict.fromkeys(where_it_went, cases.OTHER_CASE_ID))

    for notice in told(pointing, linked):
        said = notice.model_dump_json()
        assert str(cases.OTHER_CASE_ID) not in said
        assert str(case.id) not in said


@pytest.mark.parametrize("wire", BY_HAND["told_to_nobody"]["facts"])
@always(data=st.data())
def test_a_fact_that_is_need_to_know_is_told_to_nobody(wire, data):
    case = data.draw(some_cases())
    fact = data.draw(some_facts_of(case, (wire,)))

    assert told(fact, case) == ()


@always(tellings())
def test_notice_ids_are_stable_and_differ_for_each_recipient(telling):
    first, again = told(*telling), told(*telling)

    assert [notice.id for notice in first] == [notice.id for notice in again]
    assert len({notice.id for notice in first}) == len(first)


@always(tellings(), st.uuids(), st.uuids())
def test_no_two_facts_share_a_notice_id(telling, one, other):
    ids = [{notice.id for notice in told(*telling, event_id=event)} for event in (one, other)]

    assert one == other or ids[0].isdisjoint(ids[1])


@always(some_cases())
def test_a_stranger_reads_nothing_of_a_case(case):
    assert agency_view(case, "another-force", cases.a_policy()) == NOTHING


@always(some_cases())
def test_an_agency_reads_only_what_its_kind_may(case):
    for referrer in case.referrers:
        assert set(agency_view(case, referrer.agency, cases.a_policy())) <= set(BY_HAND[referrer.kind]["allowed"])


@always(some_cases())
def test_an_agency_that_does_not_govern_reads_the_state_and_no_more(case):
    for referrer in case.referrers:
        if not referrer.governs:
            assert agency_view(case, referrer.agency, cases.a_policy()) == {
                "referral": str(referrer.token),
                "state": case.state,
            }


@always(some_cases())
def test_the_landlord_that_governs_reads_the_state_and_no_more(case):
    owned = replace(case, referrers=referrers_of([v.AgencyKind.HOUSING]))

    assert set(agency_view(owned, "agency-0", cases.a_policy())) == {"referral", "state"}


def test_a_governing_force_reads_how_the_hours_stand():
    view = agency_view(cases.an_active_case(), cases.POLICE, cases.a_policy())

    assert (view["agreed_minutes"], view["credited_minutes"]) == (600, 120)


def test_a_clearing_youth_justice_service_is_heard_once_though_it_also_refers():
    case = cases.an_accepted_case(child=True)

    agencies = [to for to in recipients(case) if to.agency]

    assert agencies == [
        Recipient(v.Audience.YOUTH_JUSTICE, cases.AGENCY_TOKEN, cases.YOUTH_JUSTICE, governs=True, clears=True),
    ]


@pytest.mark.parametrize("reason", ["medical", "safeguarding", "bereavement"])
def test_why_a_case_pauses_is_told_to_nobody(reason):
    said = [notice.model_dump_json() for notice in told(life.CasePaused(reason=reason), cases.a_paused_case())]

    assert said
    assert not [text for text in said if reason in text]


def test_the_referrer_hears_of_an_affected_person_only_that_views_were_taken():
    fact = people.ViewsRecorded(
        affected=cases.AFFECTED,
        contact=v.ContactState.VIEWS_GIVEN,
        preference=v.ActivityKind.GRAFFITI_CLEANING,
        wants_updates=True,
    )

    (notice,) = told(fact, cases.an_assessed_case())

    assert dict(notice.fields) == {"contact": "views_taken"}


def test_a_match_with_another_incident_is_told_to_nobody():
    fact = intake.MatchConfirmed(other_case=cases.OTHER_CASE_ID, same_incident=False)

    assert told(fact, cases.a_received_case()) == ()
