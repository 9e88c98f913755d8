from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import ActivityKind, AttendanceOutcome
from workflow.rules.credit import (
    ACCEPTABLE,
    ATTENDED,
    ENFORCEABLE,
    MISSED,
    PROVIDER_CANCELLED,
    PURPOSES,
    RESCHEDULED,
    CreditFault,
    counted_minutes,
    counts_towards_hours,
    credit_fault,
    credited_minutes,
    remaining_minutes,
    session_minutes,
    stops_start_clock,
)

START = datetime(2026, 6, 10, 9, tzinfo=UTC)
OUTCOMES = st.sampled_from(AttendanceOutcome)
LENGTHS = st.integers(min_value=1, max_value=600)
# The table of domain.md 6.1, written out by hand: code -> attended, enforceable.
TABLE = {
    "ATTC": (True, False),
    "AFTC": (True, True),
    "AFDA": (True, False),
    "ATSH": (True, True),
    "ATSS": (True, False),
    "ATCH": (True, False),
    "ATFI": (False, True),
    "UACP": (False, True),
    **dict.fromkeys(("AAME", "AAEM", "AAFC", "AACL", "AARC", "CO05"), (False, False)),
    **dict.fromkeys(("AASD", "RSSR", "RSOF", "CO40"), (False, False)),
}


def until(minutes):
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize("outcome", AttendanceOutcome)
def test_each_outcome_code_means_what_the_published_table_says(outcome):
    assert (outcome in ATTENDED, outcome in ENFORCEABLE) == TABLE[outcome.value]


def test_a_session_was_attended_missed_or_cancelled_by_the_provider_and_only_one_of_these():
    assert len(ATTENDED) + len(MISSED) + len(PROVIDER_CANCELLED) == len(AttendanceOutcome)
    assert set(AttendanceOutcome) == ATTENDED | MISSED | PROVIDER_CANCELLED
    assert MISSED == ACCEPTABLE | (ENFORCEABLE - ATTENDED)


def test_a_provider_cancellation_never_counts_against_the_participant():
    assert PROVIDER_CANCELLED.isdisjoint(ENFORCEABLE)
    assert RESCHEDULED.isdisjoint(ENFORCEABLE)


@given(outcome=OUTCOMES, length=LENGTHS, data=st.data())
def test_credit_is_the_session_less_its_penalty_only_if_attended(outcome, length, data):
    penalty = data.draw(st.integers(min_value=0, max_value=length))

    counted = counted_minutes(outcome, START, until(length), penalty)

    assert counted == (length - penalty if outcome in ATTENDED else 0)


def test_seconds_left_over_do_not_count():
    assert session_minutes(START, until(30) + timedelta(seconds=59)) == 30


@pytest.mark.parametrize(
    ("end", "penalty", "fault"),
    [
        (START, 0, CreditFault.END_NOT_AFTER_START),
        (until(-1), 0, CreditFault.END_NOT_AFTER_START),
        (until(60), -1, CreditFault.PENALTY_NEGATIVE),
        (until(60), 61, CreditFault.PENALTY_OVER_SESSION),
    ],
)
def test_times_that_cannot_be_are_named_and_never_credited(end, penalty, fault):
    assert credit_fault(START, end, penalty) is fault
    with pytest.raises(ValueError, match=fault):
        counted_minutes(AttendanceOutcome.ATTC, START, end, penalty)


def test_a_penalty_of_the_whole_session_is_allowed():
    assert credit_fault(START, until(60), 60) is None


@given(agreed=st.integers(min_value=0, max_value=1200), counts=st.lists(LENGTHS, max_size=12))
def test_credit_never_exceeds_what_was_agreed(agreed, counts):
    credited = 0
    for counted in counts:
        credited += credited_minutes(counted, remaining_minutes(agreed, credited))

    assert credited == min(agreed, sum(counts))


@given(agreed=LENGTHS, first=LENGTHS, corrected=LENGTHS)
def test_a_correction_gives_back_what_it_replaces_and_is_never_credited_twice(agreed, first, corrected):
    credited = credited_minutes(first, remaining_minutes(agreed, 0))

    again = credited_minutes(corrected, remaining_minutes(agreed, credited, replaced=credited))

    assert again == min(corrected, agreed)


def test_nothing_remains_when_an_agreement_was_cut_below_what_is_done():
    assert remaining_minutes(60, 90) == 0


def test_a_workshop_counts_towards_no_hours_and_litter_picking_does():
    assert not counts_towards_hours(ActivityKind.ASB_WORKSHOP)
    assert counts_towards_hours(ActivityKind.LITTER_PICKING)
    assert set(PURPOSES) == set(ActivityKind)


@given(outcome=OUTCOMES)
def test_any_attended_reparation_stops_the_start_clock_but_being_sent_home_for_the_service(outcome):
    stops = stops_start_clock(outcome, ActivityKind.GRAFFITI_CLEANING)

    assert stops is (TABLE[outcome.value][0] and outcome is not AttendanceOutcome.ATSS)


@given(outcome=OUTCOMES)
def test_a_workshop_never_stops_the_start_clock(outcome):
    assert not stops_start_clock(outcome, ActivityKind.ASB_WORKSHOP)
