"""The order in which paperwork arrives never changes how clocks end (domain.md 13.26)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas import commands as c
from schemas.events import life, work
from schemas.vocabulary import ClockOrigin, ClockStatus
from tests.builders import cases as b
from workflow.machine.decide import decide
from workflow.machine.decision import Decision
from workflow.machine.decisions.clock_facts import end_clocks, start_changed
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.refusals import Refusal

HOUR = timedelta(hours=1)
FACTS = b.some_facts(actor=TIMEKEEPER)
SENT = ClockOrigin.REFERRAL_SENT


def start_status(case):
    return case.clock("start_48h", SENT).status


# What occurs, each at its own hour after sending: a start by each record that tells of one, and perhaps an end.
HOURS = st.integers(min_value=0, max_value=96)


def _started(case, hour, recorded_at):
    """Record one start as the paperwork tells of it: the earliest known holds."""
    started_at = b.SENT_AT + hour * HOUR
    if case.started_at is not None and case.started_at <= started_at:
        return case
    fact = work.WorkStarted if case.started_at is None else work.StartCorrected
    clock_facts, timers = start_changed(case, started_at, FACTS, recorded_at)
    return b.after(case, Decision(facts=(fact(started_at=started_at), *clock_facts), timers=timers), recorded_at)


def _breached(case, now):
    """Fire every breach timer that is due, as the timekeeper would, whether or not it is still needed."""
    for origin in ClockOrigin:
        command = c.BreachClock(clock="start_48h", origin=origin)
        try:
            case = b.after(case, decide(case, command, FACTS, now), now)
        except Refusal:
            continue
    return case


@given(starts=st.lists(HOURS, min_size=1, max_size=4), data=st.data())
def test_the_order_in_which_starts_and_breaches_are_recorded_never_changes_how_clocks_end(starts, data):
    told = data.draw(st.permutations(starts))
    breach_before = data.draw(st.integers(min_value=0, max_value=len(told)))

    in_order = b.a_scheduled_case()
    for hour in sorted(starts):
        in_order = _started(in_order, hour, b.SENT_AT + 100 * HOUR)
    shuffled = b.a_scheduled_case()
    for place, hour in enumerate(told):
        shuffled = _breached(shuffled, b.SENT_AT + 100 * HOUR) if place == breach_before else shuffled
        shuffled = _started(shuffled, hour, b.SENT_AT + 100 * HOUR)

    assert shuffled.clocks == in_order.clocks
    assert start_status(shuffled) is (ClockStatus.MET if min(starts) <= 48 else ClockStatus.MISSED)


@given(ended=HOURS, breached_first=st.booleans())
def test_an_end_gives_the_same_results_whether_or_not_a_breach_was_recorded_before_it(ended, breached_first):
    case, now = b.a_scheduled_case(), b.SENT_AT + 100 * HOUR
    ended_at = b.SENT_AT + ended * HOUR

    known = _breached(case, now) if breached_first else case
    clock_facts, timers = end_clocks(known, FACTS, ended_at, completed=False)
    done = b.after(
        known, Decision(facts=(life.CaseWithdrawn(by="referrer"), *clock_facts), timers=timers), now, ended_at
    )

    expected = ClockStatus.ENDED_UNSTARTED if ended < 48 else ClockStatus.MISSED
    assert start_status(done) is expected


@given(start=HOURS, moved=st.none() | HOURS, recorded=st.integers(min_value=96, max_value=120))
def test_a_corrected_start_gives_what_it_would_have_given_at_first(start, moved, recorded):
    now = b.SENT_AT + recorded * HOUR
    first = _started(_breached(b.a_scheduled_case(), now), start, now)
    corrected_to = None if moved is None else b.SENT_AT + moved * HOUR

    clock_facts, timers = start_changed(first, corrected_to, FACTS, now)
    corrected = b.after(
        first, Decision(facts=(work.StartCorrected(started_at=corrected_to), *clock_facts), timers=timers), now
    )

    plain = _breached(b.a_scheduled_case(), now)
    expected = plain if moved is None else _started(plain, moved, now)
    assert [one.status for one in corrected.clocks] == [one.status for one in expected.clocks]
