from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import intake, work
from schemas.vocabulary import AttendanceOutcome as O
from tests.builders.attendance import FIRST, a_booked_case, asked, found, kinds, recorded, refused, worked
from tests.builders.sessions import (
    DAY,
    HOUR,
    NOW,
    a_case,
    a_clock,
    a_session,
    an_active_case,
    attended,
    clocks_stopped,
    missed,
)
from workflow.machine.decision import CancelTimer, ReleasePlace
from workflow.rules.credit import ATTENDED


def test_attended_minutes_are_credited_without_the_penalty():
    decision = recorded(a_booked_case(), penalty_minutes=15, **worked())

    assert found(decision, work.SessionAttended).minutes == 105


def test_credit_stops_at_what_was_agreed():
    case = an_active_case(attended("earlier", NOW - 3 * DAY, 540), a_session())

    decision = recorded(case, **worked())

    assert found(decision, work.SessionAttended).minutes == 60
    assert found(decision, work.HoursMet).credited == 600


def test_credit_stops_at_what_is_authorised_now_if_that_is_less():
    case = a_booked_case()
    case = a_case(v.CaseState.SCHEDULED, *case.sessions, conditions=())

    decision = recorded(case, **worked())

    assert found(decision, work.SessionAttended).minutes == 0


def test_the_first_attended_minute_starts_work_and_settles_the_clock():
    decision = recorded(a_booked_case(), **worked())

    assert kinds(decision) == [work.SessionAttended, intake.ClocksStopped, work.WorkStarted]
    assert found(decision, work.WorkStarted).started_at == NOW - DAY
    assert found(decision, intake.ClocksStopped) == clocks_stopped(v.ClockStatus.MET)


def test_one_session_may_meet_all_hours():
    case = a_case(v.CaseState.SCHEDULED, a_session(hours=10))

    decision = recorded(case, **worked(minutes=600))

    assert kinds(decision)[-1] is work.HoursMet


def test_a_workshop_is_recorded_credits_nothing_and_starts_nothing():
    case = a_booked_case(activity=v.ActivityKind.ASB_WORKSHOP, counts=False)

    decision = recorded(case, **worked())

    assert kinds(decision) == [work.SessionAttended]
    assert decision.facts[0].minutes == 0


def test_sent_home_for_a_service_reason_is_credited_and_is_no_start():
    decision = recorded(a_booked_case(), O.ATSS, **worked())

    assert kinds(decision) == [work.SessionAttended]


def test_sent_home_for_behaviour_is_a_start_and_a_failure():
    decision = recorded(a_booked_case(), O.ATSH, **worked())

    assert work.WorkStarted in kinds(decision)
    assert found(decision, work.SessionAttended).enforceable is True


def test_an_absence_without_an_excuse_is_enforceable():
    decision = recorded(a_booked_case(), O.UACP)

    assert decision.facts == (work.SessionMissed(session=FIRST, outcome=O.UACP, enforceable=True),)


def test_an_acceptable_absence_may_be_recorded_ahead():
    decision = recorded(a_booked_case(starts_at=NOW + DAY), O.AAME)

    assert decision.facts == (
        work.SessionMissed(session=FIRST, outcome=O.AAME, enforceable=False, place_given_up=True),
    )
    assert [type(claim) for claim in decision.claims] == [ReleasePlace]
    assert CancelTimer(name=f"remind:{FIRST}") in decision.timers


def test_a_place_that_was_given_up_is_not_attended_by_a_correction():
    case = a_booked_case(outcome=O.AAME, place_given_up=True)

    assert refused(case, c.CorrectAttendance(session=FIRST, outcome=O.ATTC, **worked())) == "place_was_given_up"


def test_a_session_that_was_stopped_gives_no_time_after_its_stop():
    case = a_booked_case(stopped_at=NOW - DAY + HOUR)

    assert (
        refused(case, c.RecordAttendance(session=FIRST, outcome=O.ATTC, **worked(minutes=61))) == "session_was_stopped"
    )
    assert found(recorded(case, **worked(minutes=60)), work.SessionAttended).minutes == 60


@pytest.mark.parametrize("outcome", [O.AASD, O.RSSR])
def test_what_the_service_cancels_is_never_a_missed_session(outcome):
    decision = recorded(a_booked_case(), outcome)

    assert kinds(decision) == [work.SessionCancelled]
    assert decision.claims == (ReleasePlace(slot="first", place=1),)


@pytest.mark.parametrize(
    ("outcome", "times", "code"),
    [
        (O.ATTC, {}, "times_needed"),
        (O.ATTC, {"started_at": NOW - DAY}, "times_needed"),
        (O.UACP, worked(), "times_forbidden"),
        (O.UACP, {"penalty_minutes": 5}, "times_forbidden"),
        (O.ATTC, worked(minutes=0), "end_not_after_start"),
        (O.ATTC, {"penalty_minutes": 121, **worked()}, "penalty_over_session"),
        (O.ATTC, worked(NOW - HOUR), "times_in_the_future"),
        (O.ATTC, worked(NOW - DAY - 3 * HOUR), "times_outside_session"),
        (O.ATTC, worked(NOW - DAY, minutes=241), "times_outside_session"),
    ],
)
def test_times_that_cannot_be_are_refused(outcome, times, code):
    command = c.RecordAttendance(session=FIRST, outcome=outcome, **times)

    assert refused(a_booked_case(), command) == code


def test_an_unexcused_absence_is_not_recorded_ahead():
    command = c.RecordAttendance(session=FIRST, outcome=O.UACP)

    assert refused(a_booked_case(starts_at=NOW + HOUR), command) == "session_lies_ahead"


def test_attendance_is_recorded_once():
    command = c.RecordAttendance(session=FIRST, outcome=O.ATTC, **worked())

    assert refused(an_active_case(), command) == "attendance_is_recorded"


def test_late_paperwork_of_an_earlier_session_moves_the_start_and_withdraws_the_breach():
    late = NOW + 3 * DAY
    case = an_active_case(
        attended("later", late - HOUR * 5),
        a_session(),
        clocks=(a_clock(status=v.ClockStatus.MISSED),),
    )
    command = c.RecordAttendance(session=FIRST, outcome=O.ATTC, **worked())

    decision = asked(case, command, late)

    assert kinds(decision) == [work.SessionAttended, intake.BreachWithdrawn, work.StartCorrected]
    assert found(decision, work.StartCorrected).started_at == NOW - DAY


def test_a_later_session_leaves_the_start_where_it_is():
    decision = recorded(an_active_case(attended("earlier", NOW - 2 * DAY), a_session()), **worked())

    assert kinds(decision) == [work.SessionAttended]


def test_on_a_caution_the_officer_is_told_of_the_first_failure_at_once():
    case = a_case(v.CaseState.SCHEDULED, a_session(), basis=v.Basis.ADULT_CONDITIONAL_CAUTION)

    decision = recorded(case, O.UACP)

    assert kinds(decision) == [work.SessionMissed, work.OfficerNotified]


def test_on_a_caution_the_officer_is_told_once():
    sessions = (missed("earlier"), a_session())
    case = a_case(v.CaseState.SCHEDULED, *sessions, basis=v.Basis.ADULT_CONDITIONAL_CAUTION)

    assert kinds(recorded(case, O.UACP)) == [work.SessionMissed]


@given(
    agreed=st.integers(0, 700),
    earlier=st.integers(0, 300),
    minutes=st.integers(1, 240),
    penalty=st.integers(0, 240),
    outcome=st.sampled_from(sorted(ATTENDED)),
)
def test_no_attendance_credits_above_what_was_agreed(agreed, earlier, minutes, penalty, outcome):
    done = attended("earlier", NOW - 3 * DAY, minutes=min(earlier, agreed))
    case = an_active_case(done, a_session(), agreed_minutes=agreed)

    decision = recorded(case, outcome, penalty_minutes=min(penalty, minutes), **worked(minutes=minutes))

    assert 0 <= found(decision, work.SessionAttended).minutes <= agreed - case.credited_minutes


def test_a_cancelled_reminder_goes_with_the_session():
    decision = recorded(a_booked_case(), O.AASD)

    assert decision.timers == (CancelTimer(name=f"remind:{FIRST}"),)


def test_full_credit_without_a_start_meets_the_hours_of_a_case_that_waits_for_it():
    case = a_booked_case()

    decision = recorded(replace(case, agreed_minutes=60), O.ATSS, **worked(minutes=60))

    assert kinds(decision) == [work.SessionAttended, work.HoursMet]
