"""What evaluators read is coarse, pseudonymous and silent on health, death and custody (domain.md 1.5, 10)."""

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from schemas import vocabulary as v
from schemas.outcomes import Outcome
from tests.builders import cases
from tests.builders.tellings import SECRET_SITE, always, some_cases
from workflow.rules.outcomes import outcome_of

EVALUATOR = tomllib.loads((Path(__file__).parent / "what_each_audience_may_see.toml").read_text())["evaluator"]
TOKEN = UUID(int=77)
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def row_of(case):
    return outcome_of(case, TOKEN, cases.a_policy())


def test_the_row_has_the_columns_written_by_hand_and_no_other():
    assert set(Outcome.model_fields) == set(EVALUATOR["allowed"])
    assert set(Outcome.model_fields).isdisjoint(EVALUATOR["forbidden"])


@always(some_cases())
def test_no_inner_id_is_in_a_row_but_the_study_token(case):
    said = row_of(case).model_dump_json()

    assert {found.group() for found in A_UUID.finditer(said)} == {str(TOKEN)}


@always(some_cases())
def test_no_place_no_agency_and_no_worker_is_in_a_row(case):
    named = [SECRET_SITE, cases.SITE, cases.CASEWORKER, *(referrer.agency for referrer in case.referrers)]
    said = row_of(case).model_dump_json()

    assert not [name for name in named if name in said]


@always(some_cases())
def test_no_day_is_in_a_row(case):
    said = row_of(replace(case, started_at=cases.SESSION_AT, ended_at=cases.COMPLETE_ON)).model_dump_json()

    assert A_DAY.search(said) is None


@pytest.mark.parametrize(
    ("received_at", "month"),
    [(cases.RECEIVED_AT, "2026-03"), (cases.COMPLETE_ON.replace(month=5, day=31, hour=23, minute=30), "2026-06")],
    ids=["winter", "past-midnight-in-summer-time"],
)
def test_a_date_is_a_month_as_clocks_in_england_show_it(received_at, month):
    assert row_of(cases.a_received_case(received_at=received_at)).month_received == month


@pytest.mark.parametrize("reason", EVALUATOR["hidden_end_reasons"])
def test_an_end_reason_of_health_death_or_custody_is_hidden(reason):
    row = row_of(cases.an_active_case(state=v.CaseState.CLOSED_NO_FAULT, end_reason=reason))

    assert row.end_reason is None
    assert reason not in row.model_dump_json()


@pytest.mark.parametrize("reason", ["completed", "non_compliance", "withdrawn_by_participant", "moved_away"])
def test_any_other_end_reason_is_told(reason):
    assert row_of(cases.an_active_case(end_reason=reason)).end_reason == reason


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (59, 0), (60, 1), (119, 1), (120, 2)])
def test_hours_are_whole_hours_rounded_down(minutes, hours):
    row = row_of(cases.an_active_case(sessions=(cases.an_attended_session(minutes=minutes),)))

    assert row.credited_hours == hours


def test_a_session_is_attended_missed_or_cancelled_and_counted_once():
    attended = cases.an_attended_session()
    missed = cases.a_session(outcome=v.AttendanceOutcome.UACP)
    cancelled = cases.a_session(outcome=v.AttendanceOutcome.CO05, cancelled=True)
    open_yet = cases.a_session(starts_at=cases.SESSION_AT + timedelta(days=7))

    row = row_of(cases.an_active_case(sessions=(attended, missed, missed, cancelled, open_yet)))

    assert (row.sessions_attended, row.sessions_missed, row.sessions_cancelled_by_provider) == (1, 2, 1)


def test_affected_people_are_counts_and_scores():
    glad = cases.an_affected_person(reached=True, consulted=True, satisfaction=5)
    quiet = cases.an_affected_person(token=UUID(int=9), contact=v.ContactState.UNREACHABLE)

    row = row_of(cases.an_active_case(affected=(glad, quiet)))

    assert (row.affected_people, row.affected_reached, row.affected_gave_views) == (2, 1, 1)
    assert row.satisfaction == (5,)


def test_the_start_clock_is_told_by_origin_and_no_other_clock_is():
    row = row_of(cases.an_active_case())

    assert row.start_48h == dict.fromkeys(map(str, v.ClockOrigin), v.ClockStatus.MET)


def test_the_age_is_the_band_at_the_behaviour():
    row = row_of(cases.an_active_case(child=True, age_at_disposal=v.AgeBand.AGE_16_17))

    assert row.age_band is v.AgeBand.AGE_14_15


def test_of_two_referrers_the_kind_of_the_one_that_governs_is_told():
    other = cases.a_referrer(agency="a-landlord", kind=v.AgencyKind.HOUSING, governs=False)

    row = row_of(cases.an_active_case(referrers=(other, cases.a_referrer())))

    assert row.referrer is v.AgencyKind.POLICE


def test_an_evaluator_reads_of_a_breach_no_sooner_than_the_referrer():
    waiting = replace(cases.some_clocks(v.ClockStatus.MISSED)[1], untold=True)

    row = row_of(cases.a_scheduled_case(clocks=(waiting,)))

    assert row.start_48h == {"referral_sent": v.ClockStatus.RUNNING}
