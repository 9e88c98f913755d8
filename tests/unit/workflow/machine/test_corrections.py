import pytest

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
    missed,
)


def test_a_correction_gives_the_earlier_credit_back_first():
    case = an_active_case(attended("earlier", NOW - 3 * DAY, 540), attended(minutes=60))

    decision = recorded(case, command=c.CorrectAttendance, penalty_minutes=10, **worked(minutes=60))

    assert found(decision, work.AttendanceCorrected).minutes == 50


def test_a_correction_below_what_was_agreed_reopens_the_hours():
    case = a_case(v.CaseState.HOURS_MET, attended(minutes=600), started_at=NOW - DAY)

    decision = recorded(case, command=c.CorrectAttendance, **worked(minutes=300))

    assert kinds(decision) == [work.AttendanceCorrected, work.HoursReopened]
    assert decision.facts[1].credited == 300


def test_a_correction_that_takes_the_only_start_away_sets_the_clock_running_again():
    case = an_active_case(clocks=(a_clock(status=v.ClockStatus.MET),))

    decision = recorded(case, O.UACP, command=c.CorrectAttendance)

    assert found(decision, work.StartCorrected).started_at is None
    assert found(decision, intake.ClockCorrected).status is v.ClockStatus.RUNNING


def test_work_starts_anew_after_a_correction_took_the_start_away():
    case = a_case(v.CaseState.ACTIVE, missed("earlier"), a_session())

    assert work.WorkStarted in kinds(recorded(case, **worked()))


def test_paperwork_during_a_pause_starts_work_and_leaves_the_hours_to_the_resumption():
    case = a_case(v.CaseState.PAUSED, a_session(hours=10), paused_from=v.CaseState.SCHEDULED, paused_at=NOW - HOUR)

    decision = recorded(case, **worked(minutes=600))

    assert work.WorkStarted in kinds(decision)
    assert work.HoursMet not in kinds(decision)


def test_a_case_from_another_provider_keeps_its_first_start_and_becomes_active():
    case = a_case(
        v.CaseState.SCHEDULED, a_session(), started_at=NOW - 9 * DAY, carried_start=NOW - 9 * DAY, clocks=(a_clock(),)
    )

    decision = recorded(case, **worked())

    assert kinds(decision) == [work.SessionAttended, work.WorkStarted]
    assert decision.facts[1].started_at == NOW - 9 * DAY


def test_a_carried_start_does_not_make_a_workshop_the_start_of_work():
    session = a_session(activity=v.ActivityKind.ASB_WORKSHOP, counts=False)
    case = a_case(v.CaseState.SCHEDULED, session, started_at=NOW - 9 * DAY, carried_start=NOW - 9 * DAY)

    assert kinds(recorded(case, **worked())) == [work.SessionAttended]


def test_what_was_never_recorded_is_not_corrected():
    command = c.CorrectAttendance(session=FIRST, outcome=O.UACP)

    assert refused(a_booked_case(), command) == "attendance_not_recorded"
    assert refused(a_booked_case(cancelled=True), command) == "session_is_cancelled"


def test_evidence_in_time_excuses_the_absence_and_takes_its_warning_back():
    session = missed(starts_at=NOW - 3 * DAY)
    case = a_case(v.CaseState.SCHEDULED, session, stage=v.Stage.WARNED, warned_for=(FIRST,))

    decision = asked(case, c.SubmitAbsenceEvidence(session=FIRST, outcome=O.AAME))

    assert decision.facts == (
        work.AttendanceCorrected(session=FIRST, outcome=O.AAME, minutes=0, enforceable=False, was_enforceable=True),
        work.WarningWithdrawn(stage=v.Stage.NONE, session=FIRST),
    )


def test_on_a_caution_the_officer_judges_the_excuse():
    case = a_case(v.CaseState.SCHEDULED, missed(), basis=v.Basis.ADULT_CONDITIONAL_CAUTION)

    assert refused(case, c.SubmitAbsenceEvidence(session=FIRST, outcome=O.AAME)) == "officer_judges_excuses"


def test_a_correction_that_leaves_a_failure_leaves_its_warning():
    case = a_case(v.CaseState.SCHEDULED, missed(), stage=v.Stage.WARNED, warned_for=(FIRST,))

    assert kinds(recorded(case, O.ATFI, command=c.CorrectAttendance)) == [work.AttendanceCorrected]


@pytest.mark.parametrize(
    ("session", "code"),
    [
        (missed(starts_at=NOW - 9 * DAY), "evidence_window_passed"),
        (attended(), "session_was_attended"),
        (a_session(), "attendance_not_recorded"),
    ],
)
def test_evidence_is_for_a_missed_session_and_comes_in_time(session, code):
    command = c.SubmitAbsenceEvidence(session=FIRST, outcome=O.AAME)

    assert refused(a_case(v.CaseState.ACTIVE, session), command) == code


def test_evidence_is_judged_on_when_it_came():
    case = a_case(v.CaseState.SCHEDULED, missed(starts_at=NOW - 9 * DAY))
    command = c.SubmitAbsenceEvidence(session=FIRST, outcome=O.AAME, occurred_at=NOW - 8 * DAY)

    assert kinds(asked(case, command)) == [work.AttendanceCorrected]


def test_travel_is_credited_up_to_what_remains():
    case = an_active_case(attended(minutes=560))

    decision = asked(case, c.AdjustTravel(session=FIRST, minutes=90))

    assert decision.facts == (work.TravelAdjusted(session=FIRST, minutes=40), work.HoursMet(credited=600))


@pytest.mark.parametrize(
    ("session", "code"),
    [
        (missed(), "session_not_attended"),
        (attended(counts=False), "session_does_not_count"),
        (attended(minutes=600), "nothing_left_to_credit"),
        (a_session(), "attendance_not_recorded"),
    ],
)
def test_travel_is_credited_for_an_attended_session_of_reparation_with_hours_left(session, code):
    command = c.AdjustTravel(session=FIRST, minutes=30)

    assert refused(a_case(v.CaseState.ACTIVE, session), command) == code
