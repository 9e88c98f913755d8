"""How clocks warn, breach, stop, wait, end and go on; and that the order of paperwork never matters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas.events import intake
from schemas.vocabulary import CaseState, ClockOrigin, ClockStatus
from tests.builders import cases as b
from tests.builders.sessions import clocks_stopped
from workflow.machine.decide import decide
from workflow.machine.decision import CancelTimer, SetTimer
from workflow.machine.decisions import clocks
from workflow.machine.decisions.clock_facts import end_clocks, pause_clocks, reopen_clocks, resume_clocks, start_changed
from workflow.rules.dues import dues_of
from workflow.rules.facts import Actor
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.refusals import Refusal

HOUR = timedelta(hours=1)
FACTS = b.some_facts(actor=TIMEKEEPER)
SENT = ClockOrigin.REFERRAL_SENT
DUE = b.SENT_AT + 48 * HOUR
BREACH = c.BreachClock(clock="start_48h", origin=SENT)
WARN = c.WarnOfClock(clock="start_48h", origin=SENT)
PAUSING = b.some_facts(
    actor=TIMEKEEPER, policy=b.a_policy().with_overrides({"clocks.start_48h.pauses": True, "return_lead_days": 7})
)


def clocks_of(facts):
    """What facts say of single clocks, together or one by one."""
    return [one for fact in facts for one in getattr(fact, "clocks", (fact,))]


def with_status(case, status, origin=SENT):
    changed = tuple(replace(one, status=status) if one.origin is origin else one for one in case.clocks)
    return replace(case, clocks=changed)


def start_status(case, origin=SENT):
    return case.clock("start_48h", origin).status


def refusal_of(case, command, now, facts=FACTS):
    with pytest.raises(Refusal) as refused:
        decide(case, command, facts, now)
    assert refused.value.code in clocks.REASONS
    return refused.value.code


def test_a_clock_that_still_runs_at_its_due_time_is_breached_once():
    case = b.a_scheduled_case()

    breached = b.after(case, decide(case, BREACH, FACTS, DUE), DUE)

    assert start_status(breached) is ClockStatus.MISSED
    assert refusal_of(breached, BREACH, DUE) == "clock_not_running"


def test_a_breach_cancels_the_timers_of_its_own_clock_alone():
    decision = decide(b.a_scheduled_case(), BREACH, FACTS, DUE)

    names = {timer.name for timer in decision.timers}
    clock = "start_48h:referral_sent"
    assert names == {f"warn:{clock}", f"breach:{clock}", f"tell:{clock}"}


def test_no_clock_is_breached_before_its_due_time():
    assert refusal_of(b.a_scheduled_case(), BREACH, DUE - timedelta(microseconds=1)) == "clock_not_due"


def test_a_limit_is_breached_like_a_clock():
    command = c.BreachClock(clock="completion")

    case = b.after(b.an_active_case(), decide(b.an_active_case(), command, FACTS, b.COMPLETE_ON), b.COMPLETE_ON)

    assert case.clock("completion", None).status is ClockStatus.MISSED


def test_a_clock_whose_instants_nobody_can_open_is_breached_and_told_of_when_the_timekeeper_says_so():
    facts = replace(FACTS, origins={})

    assert decide(b.a_scheduled_case(), BREACH, facts, DUE).facts == (
        intake.ClockBreached(clock="start_48h", origin=SENT),
        intake.BreachTold(clock="start_48h", origin=SENT),
    )


def test_a_warning_comes_once_and_before_the_due_time():
    case, now = b.a_scheduled_case(), DUE - 12 * HOUR

    warned = b.after(case, decide(case, WARN, FACTS, now), now)

    assert warned.clock("start_48h", SENT).warned
    assert refusal_of(warned, WARN, now) == "clock_not_running"
    assert refusal_of(case, WARN, DUE) == "clock_not_running"


def test_a_clock_that_has_ended_is_neither_warned_of_nor_breached():
    case = b.an_active_case()

    assert refusal_of(case, WARN, DUE - HOUR) == "clock_not_running"
    assert refusal_of(case, BREACH, DUE) == "clock_not_running"
    assert refusal_of(case, c.BreachClock(clock="nothing"), DUE) == "clock_not_running"


def test_a_clock_that_waits_for_the_end_of_a_pause_is_not_breached():
    case = b.a_paused_case(clocks=b.some_clocks(), paused_at=b.SENT_AT + HOUR)

    assert refusal_of(case, BREACH, DUE, PAUSING) == "clock_not_running"
    assert decide(case, BREACH, FACTS, DUE).facts == (intake.ClockBreached(clock="start_48h", origin=SENT),)


def test_a_start_in_time_meets_the_clocks_and_cancels_their_timers():
    case = b.a_scheduled_case()

    facts, timers = start_changed(case, b.SESSION_AT, FACTS, b.SESSION_AT + 3 * HOUR)

    assert [(one.origin, one.status) for one in clocks_of(facts)] == [(o, ClockStatus.MET) for o in ClockOrigin]
    assert CancelTimer(name="breach:start_48h:disposal") in timers
    assert not any("completion" in timer.name for timer in timers)


def test_a_late_start_that_no_timer_has_told_of_is_a_breach():
    facts, _ = start_changed(b.a_scheduled_case(), DUE + HOUR, FACTS, DUE + 2 * HOUR)

    assert intake.ClockBreached(clock="start_48h", origin=SENT) in facts


def test_paperwork_that_shows_an_earlier_start_withdraws_the_breach():
    case = with_status(b.a_scheduled_case(), ClockStatus.MISSED)

    facts, _ = start_changed(case, b.SESSION_AT, FACTS, DUE + 24 * HOUR)

    assert intake.BreachWithdrawn(clock="start_48h", origin=SENT) in facts


def test_a_start_that_vanishes_in_time_lets_the_clock_run_again_with_its_timers():
    facts, timers = start_changed(b.an_active_case(), None, FACTS, DUE - HOUR)

    corrected = intake.ClockCorrected(clock="start_48h", origin=SENT, was=ClockStatus.MET, status=ClockStatus.RUNNING)
    assert corrected in facts
    assert SetTimer(name="breach:start_48h:referral_sent", due_at=DUE, command=BREACH) in timers


def test_a_start_that_vanishes_after_the_due_time_is_a_miss():
    facts, timers = start_changed(b.an_active_case(), None, FACTS, DUE + HOUR)

    assert {fact.status for fact in facts} == {ClockStatus.MISSED}
    assert not any(isinstance(timer, SetTimer) for timer in timers)


def test_a_clock_that_was_warned_of_is_not_warned_of_again():
    running = replace(b.some_clocks()[1], warned=True, status=ClockStatus.MET)

    _, timers = start_changed(b.an_active_case(clocks=(running,)), None, FACTS, DUE - HOUR)

    assert [timer.name for timer in timers] == ["breach:start_48h:referral_sent"]


def test_clocks_without_an_origin_stay_not_applicable_whatever_happens():
    case = with_status(b.a_scheduled_case(), ClockStatus.NOT_APPLICABLE, ClockOrigin.DISPOSAL)
    facts = replace(FACTS, origins={**b.ORIGINS, ClockOrigin.DISPOSAL: None})

    started, _ = start_changed(case, b.SESSION_AT, facts, DUE)
    ended, _ = end_clocks(case, facts, DUE - 24 * HOUR, completed=False)

    assert ClockOrigin.DISPOSAL not in {one.origin for one in clocks_of((*started, *ended))}


def test_an_end_before_any_start_leaves_clocks_ended_unstarted():
    facts, timers = end_clocks(b.a_scheduled_case(), FACTS, b.SENT_AT + HOUR, completed=False)

    assert {one.status for one in clocks_of(facts)} == {ClockStatus.ENDED_UNSTARTED}
    assert CancelTimer(name=f"remind:{b.SESSION_ID}") in timers
    assert CancelTimer(name="breach:completion") in timers


def test_an_end_after_the_due_time_is_a_miss_even_if_no_timer_told_of_it():
    facts, _ = end_clocks(b.a_scheduled_case(), FACTS, DUE + HOUR, completed=False)

    assert (SENT, ClockStatus.MISSED) in {(one.origin, one.status) for one in clocks_of(facts)}


def test_an_end_that_occurred_before_the_due_time_takes_the_breach_back():
    case = with_status(b.a_scheduled_case(), ClockStatus.MISSED)

    facts, _ = end_clocks(case, FACTS, DUE - 24 * HOUR, completed=False)

    ended = [one.status for one in clocks_of(facts) if one.origin is SENT]
    assert ended == [ClockStatus.ENDED_UNSTARTED]


@pytest.mark.parametrize(("completed", "status"), [(True, ClockStatus.MET), (False, ClockStatus.ENDED_UNSTARTED)])
def test_a_limit_is_met_only_by_completion(completed, status):
    facts, _ = end_clocks(b.an_active_case(), FACTS, b.COMPLETE_ON - HOUR, completed=completed)

    assert facts == (clocks_stopped(status, "completion", None),)


def test_a_completion_after_the_limit_is_a_miss():
    facts, _ = end_clocks(b.an_active_case(), FACTS, b.COMPLETE_ON + HOUR, completed=True)

    assert facts == (clocks_stopped(ClockStatus.MISSED, "completion", None),)


def test_a_pause_holds_only_the_clocks_that_policy_lets_wait():
    case = b.a_scheduled_case()

    _, held = pause_clocks(case, FACTS, b.SENT_AT + HOUR, b.SENT_AT + HOUR)
    _, all_held = pause_clocks(case, PAUSING, b.SENT_AT + HOUR, b.SENT_AT + HOUR)

    assert {timer.name for timer in held} == {"warn:completion", "breach:completion"}
    assert len(all_held) == 10


def test_a_limit_that_never_waits_runs_on_through_a_pause():
    case = b.a_scheduled_case(child=True)

    assert pause_clocks(case, FACTS, b.SENT_AT + HOUR, b.SENT_AT + HOUR) == ((), ())


def test_a_resumed_clock_is_due_later_by_what_the_pause_took():
    paused = b.a_scheduled_case(
        state=CaseState.PAUSED, paused_from=CaseState.SCHEDULED, paused_at=b.SENT_AT + 10 * HOUR
    )

    _, timers = resume_clocks(paused, PAUSING, b.SENT_AT + 30 * HOUR)

    assert SetTimer(name="breach:start_48h:referral_sent", due_at=DUE + 20 * HOUR, command=BREACH) in timers


def test_a_clock_whose_instants_nobody_can_open_sets_no_timer_when_the_case_goes_on():
    paused = b.a_paused_case(clocks=b.some_clocks())

    assert resume_clocks(paused, replace(PAUSING, origins={}), DUE) == ((), ())


def test_a_pause_after_the_due_time_gives_no_hours_back():
    pause = (DUE + HOUR, DUE + 9 * HOUR)
    case = b.a_scheduled_case(pauses=(pause,))

    assert dues_of(case, PAUSING, DUE + 10 * HOUR).of("start_48h", SENT).at == DUE


def test_a_limit_moves_by_the_pauses_that_began_within_it():
    late = (b.COMPLETE_ON + 30 * HOUR, b.COMPLETE_ON + 80 * HOUR)
    case = b.an_active_case(pauses=((b.SENT_AT + 24 * HOUR, b.SENT_AT + 72 * HOUR), late))

    due = dues_of(case, FACTS, b.COMPLETE_ON).of("completion", None)

    # Two days on from 25 May, and so beyond the holiday that alone would have moved it by one.
    assert due.at == b.COMPLETE_ON + 24 * HOUR


def test_a_limit_of_a_basis_that_the_policy_does_not_know_is_not_there():
    case = b.an_active_case(basis="deferred_prosecution")

    dues = dues_of(case, FACTS, DUE)

    assert (dues.of("completion", None), dues.waits("completion"), tuple(dues.limits())) == (None, False, ())


def test_a_limit_whose_origin_nobody_supplied_is_not_there():
    facts = replace(FACTS, origins={})

    assert dues_of(b.an_active_case(), facts, DUE).of("completion", None) is None


def test_a_reopened_case_lets_clocks_go_on_that_only_its_end_had_stopped():
    case = b.a_scheduled_case(clocks=b.some_clocks(ClockStatus.ENDED_UNSTARTED))
    met = tuple(replace(one, status=ClockStatus.MET) if one.name == "completion" else one for one in case.clocks)

    facts, timers = reopen_clocks(replace(case, clocks=met), FACTS, DUE - HOUR)

    assert {(fact.clock, fact.origin): fact.status for fact in facts} == {
        ("start_48h", ClockOrigin.BEHAVIOUR_FROM): ClockStatus.MISSED,
        ("start_48h", ClockOrigin.POLICE_DECIDED): ClockStatus.MISSED,
        ("start_48h", ClockOrigin.DISPOSAL): ClockStatus.MISSED,
        ("start_48h", SENT): ClockStatus.RUNNING,
        ("completion", None): ClockStatus.RUNNING,
    }
    assert SetTimer(name="breach:start_48h:referral_sent", due_at=DUE, command=BREACH) in timers


def test_only_the_timekeeper_speaks_of_clocks():
    with pytest.raises(Refusal) as refused:
        decide(b.a_scheduled_case(), BREACH, b.some_facts(), DUE)

    assert refused.value.code == "role_may_not"
    assert decide(b.a_scheduled_case(), BREACH, b.some_facts(actor=Actor(**_timekeeper())), DUE).facts


def _timekeeper():
    return {"id": "shard-3", "organisation": "timekeeper", "kind": TIMEKEEPER.kind}
