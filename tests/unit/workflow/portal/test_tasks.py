from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schemas.vocabulary import AttendanceOutcome, ClockOrigin, Role
from tests.builders.cases import a_received_case, a_scheduled_case, a_session, an_accepted_case
from workflow.portal.tasks import judged, tasks_of

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_the_soonest_comes_first_and_says_from_what_its_clock_counts():
    first, second = a_received_case(), an_accepted_case()
    first, second = sorted((first, second), key=lambda case: case.state)
    due = {first.id: {"breach:start_48h:referral_sent": NOW + timedelta(hours=2)}}

    tasks = tasks_of([first], due, frozenset({Role.TRIAGE}), NOW)

    assert [task.due for task in tasks] == [NOW + timedelta(hours=2)]
    assert tasks[0].why == "the 48 hours from the sending of the referral end then"
    assert tasks_of([second], {}, frozenset({Role.TRIAGE}), NOW)[0].due is None


def test_a_session_that_is_over_and_not_recorded_is_a_late_task():
    case = a_scheduled_case()

    tasks = tasks_of([case], {}, frozenset({Role.SUPERVISOR}), NOW)

    assert [(task.what, task.late) for task in tasks] == [("Record attendance", True)]


def test_a_session_under_way_is_the_supervisors_until_it_ends_and_one_within_a_day_is_coming():
    running = a_session(starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1))
    coming = a_session(starts_at=NOW + timedelta(hours=20), ends_at=NOW + timedelta(hours=22))
    later = a_session(starts_at=NOW + timedelta(hours=30), ends_at=NOW + timedelta(hours=32))
    case = a_scheduled_case(sessions=(running, coming, later))

    tasks = tasks_of([case], {}, frozenset({Role.SUPERVISOR}), NOW)

    assert [(task.what, task.due, task.late) for task in tasks] == [
        ("Record attendance", NOW + timedelta(hours=1), False),
        ("Lead the session", NOW + timedelta(hours=20), False),
    ]


def test_after_a_missed_session_the_next_is_booked_and_the_ladder_waits_for_its_step():
    missed = a_session(outcome=AttendanceOutcome.UACP, enforceable=True)
    case = a_scheduled_case(sessions=(missed,))

    def told(case):
        return {task.what for task in tasks_of([case], {}, frozenset({Role.CASEWORKER}), NOW)}

    assert told(case) == {"Book the next session", "Decide what follows a missed session"}
    assert told(replace(case, warned_for=(missed.id,))) == {"Book the next session"}
    assert told(replace(case, officer_told=True)) == {"Book the next session"}


def test_a_limit_is_named_in_words_and_what_has_passed_is_late():
    case = a_scheduled_case()
    due = {case.id: {"breach:completion": NOW - timedelta(hours=1)}}

    task = next(t for t in tasks_of([case], due, frozenset({Role.CASEWORKER}), NOW) if t.what.startswith("See"))

    assert (task.why, task.late) == ("the limit of completion is then", True)


def test_the_next_session_is_why_where_it_comes_before_every_clock():
    session = a_session(starts_at=NOW + timedelta(hours=3), ends_at=NOW + timedelta(hours=5))
    case = a_scheduled_case(sessions=(session,))
    due = {case.id: {"breach:completion": NOW + timedelta(days=9)}}

    (task,) = tasks_of([case], due, frozenset({Role.CASEWORKER}), NOW)

    assert (task.why, task.due, task.late) == ("litter picking begins then", NOW + timedelta(hours=3), False)


def test_a_start_clock_that_policy_does_not_judge_by_makes_no_task_urgent():
    due = {f"breach:start_48h:{origin}": NOW for origin in ClockOrigin} | {"breach:completion": NOW}

    kept = judged(due, ClockOrigin.DISPOSAL)

    assert set(kept) == {"breach:start_48h:disposal", "breach:completion"}


def test_a_role_has_only_its_own_tasks():
    assert tasks_of([a_received_case()], {}, frozenset({Role.SUPERVISOR}), NOW) == ()
