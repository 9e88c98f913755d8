"""A breach is recorded at once; people outside hear of it when the grace for late paperwork is over (13.26)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas.events import intake
from schemas.vocabulary import ClockOrigin, ClockStatus
from tests.builders import cases as b
from tests.builders.tellings import told
from workflow.machine.decide import decide
from workflow.machine.decision import CancelTimer, SetTimer
from workflow.machine.decisions.clock_facts import end_clocks, start_changed
from workflow.rules.disclosure import agency_view
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.refusals import Refusal

HOUR = timedelta(hours=1)
FACTS = b.some_facts(actor=TIMEKEEPER)
GRACE = timedelta(minutes=b.a_policy().grace_minutes)
SENT = ClockOrigin.REFERRAL_SENT
DUE = b.SENT_AT + 48 * HOUR
CLOCK = {"clock": "start_48h", "origin": SENT}
TELL = c.TellOfBreach(**CLOCK)
SILENCED = CancelTimer(name="tell:start_48h:referral_sent")
# One clock alone, so that its facts are all there are.
SCHEDULED = replace(b.a_scheduled_case(), clocks=(b.some_clocks()[1],))


def a_missed_case():
    return b.after(SCHEDULED, decide(SCHEDULED, c.BreachClock(**CLOCK), FACTS, DUE), DUE)


def test_a_breach_asks_to_be_told_of_when_the_grace_is_over():
    decision = decide(SCHEDULED, c.BreachClock(**CLOCK), FACTS, DUE)

    assert decision.facts == (intake.ClockBreached(**CLOCK),)
    assert SetTimer(name="tell:start_48h:referral_sent", due_at=DUE + GRACE, command=TELL) in decision.timers


def test_without_a_grace_a_breach_is_told_at_once():
    facts = replace(FACTS, policy=FACTS.policy.with_overrides({"grace_minutes": 0}))

    decision = decide(SCHEDULED, c.BreachClock(**CLOCK), facts, DUE)

    assert decision.facts == (intake.ClockBreached(**CLOCK), intake.BreachTold(**CLOCK))
    assert not [timer for timer in decision.timers if isinstance(timer, SetTimer)]


def test_a_breach_that_still_stands_is_told_once():
    missed = a_missed_case()

    told_of = b.after(missed, decide(missed, TELL, FACTS, DUE + GRACE), DUE + GRACE)

    assert told_of.clock("start_48h", SENT).shown is ClockStatus.MISSED
    for case in (told_of, SCHEDULED, replace(SCHEDULED, clocks=())):
        with pytest.raises(Refusal, match="no_breach_to_tell"):
            decide(case, TELL, FACTS, DUE + GRACE)


def test_within_the_grace_no_agency_is_told_nor_reads_of_the_breach():
    missed = a_missed_case()

    assert told(intake.ClockBreached(**CLOCK), missed) == ()
    assert agency_view(missed, b.POLICE, b.a_policy())["clocks"] == {"start_48h:referral_sent": ClockStatus.RUNNING}


def test_paperwork_within_the_grace_disproves_the_breach_and_nobody_outside_ever_hears():
    missed = a_missed_case()

    (withdrawn,), timers = start_changed(missed, b.SESSION_AT, FACTS, DUE + GRACE / 2)

    assert withdrawn == intake.BreachWithdrawn(**CLOCK, was_told=False)
    assert SILENCED in timers
    assert told(withdrawn, missed) == ()


def test_paperwork_after_the_grace_takes_back_what_people_were_told():
    missed = b.after(a_missed_case(), decide(a_missed_case(), TELL, FACTS, DUE + GRACE), DUE + GRACE)

    (withdrawn,), _ = start_changed(missed, b.SESSION_AT, FACTS, DUE + 2 * GRACE)

    assert [notice.kind for notice in told(withdrawn, missed)] == ["breach_withdrawn"]


def test_a_start_that_was_late_confirms_the_breach_before_the_grace_is_over():
    late = DUE + timedelta(minutes=10)

    after_the_timer = start_changed(a_missed_case(), late, FACTS, DUE + GRACE / 2)
    before_the_timer, _ = start_changed(SCHEDULED, late, FACTS, DUE + GRACE / 2)

    assert after_the_timer[0] == (intake.BreachTold(**CLOCK),)
    assert SILENCED in after_the_timer[1]
    assert before_the_timer == (intake.ClockBreached(**CLOCK), intake.BreachTold(**CLOCK))


def test_an_end_within_the_grace_confirms_the_breach_since_no_more_paperwork_comes():
    facts, timers = end_clocks(a_missed_case(), FACTS, DUE + GRACE / 2, completed=False)

    assert facts == (intake.BreachTold(**CLOCK),)
    assert SILENCED in timers


def test_an_end_that_lay_before_the_due_time_corrects_a_breach_that_nobody_outside_heard_of():
    missed = a_missed_case()

    (corrected,), timers = end_clocks(missed, FACTS, DUE - HOUR, completed=False)

    assert (corrected.status, corrected.was_told) == (ClockStatus.ENDED_UNSTARTED, False)
    assert SILENCED in timers
    assert told(corrected, missed) == ()
