"""Cases that live a random life: whatever is asked, in whatever order, the promises hold."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import commands as c
from schemas import vocabulary as v
from schemas.envelope import Recorded
from schemas.events import intake, people, work
from tests.builders.sessions import DAY, HOUR, NOW, SENT, a_slot, an_id, some_facts
from workflow.case.case import Case
from workflow.case.evolve import fold
from workflow.machine.decide import Circumstance, decide, record
from workflow.machine.decision import ClaimPlace, Decision, ReleasePlace
from workflow.machine.decisions import REASONS
from workflow.machine.decisions.hours import first_start
from workflow.machine.lifecycle import CASE
from workflow.rules.credit import ATTENDED
from workflow.rules.facts import Actor, Slot
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.refusals import Refusal

AGREED = 480
MOVES = {(source, move.fact.wire, move.target or source) for move in CASE for source in move.sources}
STAGES = (v.Stage.NONE, v.Stage.WARNED, v.Stage.FINAL_WARNED)
OUTCOMES = sorted(v.AttendanceOutcome)
Ask = Callable[["Life", int], Any]


@dataclass
class Life:
    """A case, its whole history, the slots it may claim and the time."""

    case: Case
    history: list[Recorded]
    now: datetime = NOW
    slots: dict[str, Slot] = field(default_factory=lambda: {slot.id: slot for slot in some_slots()})

    def session(self, draw: int):
        return self.case.sessions[draw % len(self.case.sessions)].id if self.case.sessions else an_id("none")

    def open_session(self, draw: int):
        """Mostly the session that waits for its paperwork, so that lives get somewhere."""
        waiting = self.case.open_sessions
        return waiting[0].id if waiting and draw % 7 else self.session(draw)

    def slot(self, draw: int) -> str:
        """One of the slots of the next days."""
        ahead = [slot.id for slot in self.slots.values() if slot.starts_at > self.now]
        return ahead[draw % min(len(ahead), 4)] if ahead else "none"

    def times(self, session, draw: int) -> dict[str, Any]:
        """The times of a session, sometimes late, sometimes long, sometimes too early to be true."""
        held = self.case.session(session)
        begins = (held.starts_at if held else self.now) + timedelta(minutes=draw % 50)
        return {"started_at": begins, "ended_at": begins + timedelta(minutes=60 + draw % 150)}


def some_slots():
    days = (a_slot(f"day {n}", NOW + n * DAY + HOUR, 2) for n in range(30))
    workshops = (
        a_slot(f"workshop {n}", NOW + n * DAY + 5 * HOUR, 1, activity=v.ActivityKind.ASB_WORKSHOP) for n in range(30)
    )
    return tuple(sorted((*days, *workshops), key=lambda slot: slot.starts_at))


def an_opening(basis):
    planned = (
        work.PlanPart(activity=v.ActivityKind.LITTER_PICKING, site="park", minutes=AGREED),
        work.PlanPart(activity=v.ActivityKind.ASB_WORKSHOP, site="park", minutes=60, purpose=v.Purpose.REHABILITATION),
    )
    received = intake.ReferralReceived(
        policy_version="2025-09",
        agency="police-1",
        agency_kind=v.AgencyKind.POLICE,
        agency_token=an_id("agency"),
        message_id=an_id("message"),
        provider="mending",
        participant=an_id("participant"),
        door=v.Door.CRIME_OOCR,
        basis=basis,
        behaviour=v.BehaviourKind.CRIMINAL_DAMAGE,
        age_at_behaviour=v.AgeBand.ADULT,
        conditions=(intake.ConditionSet(purpose=v.Purpose.REPARATION, minutes=600),),
        clearance=v.Clearance.NOT_NEEDED,
    )
    return Decision(
        facts=(
            received,
            intake.ClocksStarted(clocks=(intake.StartedClock(clock="start_48h", origin=v.ClockOrigin.REFERRAL_SENT),)),
            intake.ReferralAccepted(),
            intake.CaseworkerAllocated(caseworker="caseworker-1"),
            people.ResponsibilityRecorded(kind=v.Responsibility.ADMITS),
            people.ConsentGiven(
                purpose="take_part", given_by="participant", explained_as="spoken", minutes_to_consider=30
            ),
            work.PlanAgreed(parts=planned, minutes=AGREED),
        )
    )


def a_life(basis) -> Life:
    asked = Circumstance(now=SENT, occurred_at=SENT, actor="manager-1", correlation=an_id("request"))
    case, history, _ = record(None, an_id("case"), "derbyshire", an_opening(basis), asked)
    return Life(case, list(history))


def attendance(kind, life, draw):
    outcome = OUTCOMES[draw % len(OUTCOMES)] if draw % 3 else v.AttendanceOutcome.ATTC
    session = life.open_session(draw) if kind is c.RecordAttendance else life.session(draw)
    times = life.times(session, draw) if outcome in ATTENDED else {}
    return kind(session=session, outcome=outcome, **times)


def book(life, draw):
    return c.BookSession(slot=life.slot(draw))


def complete(_life, _draw):
    return c.CompleteCase(report_checked=True)


ASKS: tuple[Ask, ...] = (
    *[book] * 6,
    *[lambda life, draw: attendance(c.RecordAttendance, life, draw)] * 10,
    lambda life, draw: attendance(c.CorrectAttendance, life, draw),
    lambda life, draw: c.RescheduleSession(
        session=life.open_session(draw), slot=life.slot(draw), asked_by="participant"
    ),
    lambda life, draw: c.CancelSession(session=life.session(draw), reason="weather"),
    lambda life, draw: c.SubmitAbsenceEvidence(session=life.session(draw), outcome="AAME"),
    lambda life, draw: c.AdjustTravel(session=life.session(draw), minutes=1 + draw % 180),
    *[lambda life, draw: c.IssueWarning(session=life.session(draw))] * 3,
    *[lambda life, draw: c.IssueFinalWarning(session=life.session(draw))] * 3,
    lambda _life, draw: c.WithdrawWarning() if draw % 5 == 0 else c.ReturnToReferrer(reason="non_compliance"),
    lambda life, draw: c.RemindOfSession(session=life.open_session(draw)),
    lambda _life, draw: c.PauseCase(reason="exams") if draw % 3 == 0 else c.ResumeCase(),
    *[lambda _life, _draw: c.ResumeCase()] * 2,
    complete,
    lambda _life, draw: c.WithdrawCase(by="participant") if draw % 9 == 0 else c.ResumeCase(),
    lambda _life, _draw: c.ReopenCase(reason="closed_in_error"),
)
STEPS = st.lists(
    st.tuples(st.integers(0, len(ASKS) - 1), st.integers(0, 359), st.integers(0, 14)), min_size=20, max_size=90
)


def step(life: Life, ask: int, draw: int, hours: int) -> None:
    """Let time pass, ask something, and record what follows unless a rule with a reason refuses."""
    life.now += hours * HOUR
    command = ASKS[ask](life, draw)
    manager = some_facts().actor
    actor: Actor = TIMEKEEPER if isinstance(command, c.RemindOfSession) else manager
    facts = some_facts(*life.slots.values(), actor=actor)
    try:
        decision = decide(life.case, command, facts, life.now)
    except Refusal as refusal:
        assert refusal.code in REASONS  # noqa: PT017 - any rule may refuse, none without a reason
        return
    before = life.case
    asked = Circumstance(now=life.now, occurred_at=life.now, actor="manager-1", correlation=an_id("request"))
    life.case, recorded, _ = record(life.case, life.case.id, "derbyshire", decision, asked)
    life.history.extend(recorded)
    claim(life, decision)
    keeps_its_promises(before, life.case, recorded)


def claim(life: Life, decision: Decision) -> None:
    """Keep the places of the slots as the store would: a place taken twice fails, and so does a wrong release."""
    for change in decision.claims:
        slot = life.slots.get(getattr(change, "slot", ""))
        taken = dict(slot.taken) if slot else {}
        if isinstance(change, ClaimPlace):
            assert change.place not in taken
            taken[change.place] = life.case.id
        elif isinstance(change, ReleasePlace):
            assert taken.pop(change.place) == life.case.id
        else:
            continue
        life.slots[change.slot] = replace(slot, taken=MappingProxyType(taken))


def keeps_its_promises(before: Case, after: Case, recorded: tuple[Recorded, ...]) -> None:
    assert 0 <= after.credited_minutes <= after.agreed_minutes <= after.authorised_minutes
    for one in recorded:
        moved = (one.envelope.state_before, one.fact.wire, one.envelope.state_after)
        assert moved in MOVES
    assert after.started_at == first_start(after)
    assert len(after.warned_for) == STAGES.index(after.stage)
    if any(isinstance(one.fact, work.SessionCancelled) for one in recorded):
        assert STAGES.index(after.stage) <= STAGES.index(before.stage)
    if after.state is v.CaseState.HOURS_MET:
        assert after.credited_minutes == AGREED
    met = any(clock.status is v.ClockStatus.MET for clock in after.clocks)
    assert after.started_at is not None or not met


@given(basis=st.sampled_from([v.Basis.COMMUNITY_RESOLUTION, v.Basis.ADULT_CONDITIONAL_CAUTION]), steps=STEPS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_random_life_keeps_its_promises_and_folds_to_the_case_that_was_recorded(basis, steps):
    life = a_life(basis)

    for ask, draw, hours in steps:
        step(life, ask, draw, hours)

    assert fold(life.history) == life.case
    assert [one.envelope.sequence for one in life.history] == list(range(1, len(life.history) + 1))


def a_worked_life() -> Life:
    """A life that gets far: the workshop, then work day by day until the hours are met."""
    life = a_life(v.Basis.COMMUNITY_RESOLUTION)
    for day, choice in enumerate((1, 0, 0, 0, 0)):
        life.now = NOW + day * DAY
        step(life, ASKS.index(book), choice, 0)
        life.now += 7 * HOUR
        session = life.case.sessions[-1]
        command = c.RecordAttendance(
            session=session.id, outcome="ATTC", started_at=session.starts_at, ended_at=session.ends_at
        )
        asked = Circumstance(now=life.now, occurred_at=life.now, actor="manager-1", correlation=an_id("request"))
        decision = decide(life.case, command, some_facts(*life.slots.values()), life.now)
        life.case, recorded, _ = record(life.case, life.case.id, "derbyshire", decision, asked)
        life.history.extend(recorded)
    return life


def test_an_orderly_life_ends_completed_with_its_clock_met():
    life = a_worked_life()
    assert life.case.state is v.CaseState.HOURS_MET

    step(life, ASKS.index(complete), 0, 1)

    assert life.case.state is v.CaseState.CLOSED_COMPLETED
    assert [clock.status for clock in life.case.clocks] == [v.ClockStatus.MET]
    assert fold(life.history) == life.case


def test_the_walks_reach_every_state_that_sessions_lead_to():
    reached: set[v.CaseState] = set()

    @given(basis=st.just(v.Basis.COMMUNITY_RESOLUTION), steps=STEPS)
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    def walk(basis, steps):
        life = a_life(basis)
        for ask, draw, hours in steps:
            step(life, ask, draw, hours)
            reached.add(life.case.state)

    walk()

    assert reached >= {v.CaseState.SCHEDULED, v.CaseState.ACTIVE, v.CaseState.PAUSED, v.CaseState.WITHDRAWN}
