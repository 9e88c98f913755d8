"""What happens to clocks when work starts, rests, ends or goes on (domain.md 13.1, 13.9, 13.26).

One judgement stands behind every fact: `status_now` of due time, start and end as they occurred. So the order in
which paperwork arrives never changes how a clock ends.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from schemas.events import CaseEvent, intake
from schemas.vocabulary import ClockOrigin, ClockStatus
from workflow.case.case import Case, changed
from workflow.case.parts import Clock
from workflow.machine.decision import CancelTimer, Seal, SetTimer, derived
from workflow.machine.decisions.clock_timers import NOTHING, Pair, breached, cancelled, silenced, timers_of, told
from workflow.rules.clocks import status_now
from workflow.rules.dues import START, Due, Dues, dues_of
from workflow.rules.facts import Facts

Says = Callable[[Clock, Due], ClockStatus]


class Judge(NamedTuple):
    """How clocks are settled. `certain`: no paperwork is waited for, so a breach is told of without any grace."""

    dues: Dues
    says: Says
    now: datetime
    certain: bool = False
    at_end: bool = False


def open_clocks(dues: Dues, now: datetime) -> Pair:
    """Start the four start clocks and every limit whose due time is known; a missing origin is not applicable.

    What a late referral brings already missed is missed at once, and does not wait for the timekeeper.
    """

    def says(_: Clock, due: Due) -> ClockStatus:
        return status_now(due.at, started_at=None, ended_at=None, now=now)

    judge = Judge(dues, says, now)
    names = (*((START, origin) for origin in ClockOrigin), *((name, None) for name in dues.limits()))
    return _joined(_opened(name, origin, dues.of(name, origin), judge) for name, origin in names)


def clock_seals(case_id: UUID, person: UUID, dues: Dues) -> tuple[Seal, Seal]:
    """Seal the instants of origins and limits; sealed again under the same ref, they replace the earlier ones."""
    origins = {str(origin): _iso(dues.origins.get(origin)) for origin in ClockOrigin}
    limits = {name: due.at.isoformat() for name in dues.limits() if (due := dues.of(name, None)) is not None}
    return (
        Seal(person=person, ref=derived(case_id, 0, "origins"), kind="origins", fields=origins),
        Seal(person=person, ref=derived(case_id, 0, "limits"), kind="limits", fields=limits),
    )


def dues_changed(case: Case, before: Dues, after: Dues, now: datetime) -> Pair:
    """Follow due times that became known, moved or fell away: start, restart or settle those clocks alone."""
    names = ((START, origin) for origin in ClockOrigin)
    limits = ((name, None) for name in dict.fromkeys((*before.limits(), *after.limits())))
    changed = (
        (name, origin) for name, origin in (*names, *limits) if before.of(name, origin) != after.of(name, origin)
    )
    judge = Judge(after, _as_open(case, now), now)
    return _joined(_moved(case, name, origin, after.of(name, origin), judge) for name, origin in changed)


def start_changed(case: Case, started_at: datetime | None, facts: Facts, now: datetime) -> Pair:
    """Settle the start clocks after the first attended minute became known, moved or vanished (domain.md 13.9)."""

    def says(_: Clock, due: Due) -> ClockStatus:
        return status_now(due.at, started_at=started_at, ended_at=None, now=now)

    judge = Judge(dues_of(case, facts, now), says, now, certain=started_at is not None)
    return _settled((clock for clock in case.clocks if clock.name == START), judge)


def end_clocks(case: Case, facts: Facts, now: datetime, *, completed: bool) -> Pair:
    """End every clock at `now`, the instant the case ended in life, and cancel its timers and open reminders."""

    def says(clock: Clock, due: Due) -> ClockStatus:
        met_at = case.started_at if clock.name == START else (now if completed else None)
        return status_now(due.at, started_at=met_at, ended_at=now, now=now)

    judge = Judge(dues_of(case, facts, now), says, now, certain=True, at_end=True)
    facts_of_clocks, _ = _settled(case.clocks, judge)
    timers = tuple(change for clock in case.clocks for change in cancelled(clock))
    reminders = tuple(CancelTimer(name=f"remind:{session.id}") for session in case.open_sessions)
    return facts_of_clocks, (*timers, *reminders)


def pause_clocks(case: Case, facts: Facts, paused_at: datetime, now: datetime) -> Pair:
    """Let the clocks that may wait stand still from `paused_at`; all others run on (domain.md 13.1, 13.26).

    One that was missed between then and `now` was waiting, so it was not missed.
    """
    dues = dues_of(changed(case, paused_at=paused_at), facts, now)
    says = _as_open(case, now)
    waiting = (clock for clock in case.clocks if dues.waits(clock.name))
    return _joined(_rested(clock, dues.of(clock.name, clock.origin), says) for clock in waiting)


def resume_clocks(case: Case, facts: Facts, now: datetime) -> Pair:
    """Let clocks that waited until `now` go on, later by what the pause took (contracts section 7)."""
    dues = dues_of(case, facts, now)
    waited = (clock for clock in case.clocks if clock.status is ClockStatus.RUNNING and dues.waits(clock.name))
    return (), tuple(change for clock in waited for change in timers_of(clock, dues.of(clock.name, clock.origin)))


def reopen_clocks(case: Case, facts: Facts, now: datetime) -> Pair:
    """Let clocks that only the end had stopped go on, as if the case had never ended."""
    return _settled(case.clocks, Judge(dues_of(case, facts, now), _as_open(case, now), now))


def _as_open(case: Case, now: datetime) -> Says:
    """How the clocks of a case stand that has not ended: a start settles start clocks, nothing settles a limit."""

    def says(clock: Clock, due: Due) -> ClockStatus:
        met_at = case.started_at if clock.name == START else None
        return status_now(due.at, started_at=met_at, ended_at=None, now=now)

    return says


def _settled(clocks: Iterable[Clock], judge: Judge) -> Pair:
    """Compare each clock with what it should say, and record the difference; unknown due times settle nothing."""
    known = ((clock, judge.dues.of(clock.name, clock.origin)) for clock in clocks)
    return _joined(_turned(clock, due, judge) for clock, due in known if due is not None)


def _turned(clock: Clock, due: Due, judge: Judge) -> Pair:
    status = judge.says(clock, due)
    if status is clock.status:
        return told(clock) if judge.certain else NOTHING
    if (clock.status, status) == (ClockStatus.RUNNING, ClockStatus.MISSED) and not judge.at_end:
        return breached(clock, None if judge.certain else due.tell_at, judge.now)
    goes_on = status is ClockStatus.RUNNING
    timers = (*silenced(clock), *timers_of(clock, due)) if goes_on else cancelled(clock)
    return (_change(clock, status),), timers


def _rested(clock: Clock, due: Due | None, says: Says) -> Pair:
    if clock.status is ClockStatus.RUNNING:
        return (), cancelled(clock)
    status = clock.status if due is None else says(clock, due)
    if clock.status is not ClockStatus.MISSED or status is ClockStatus.MISSED:
        return NOTHING
    return (_change(clock, status),), cancelled(clock)


def _change(clock: Clock, status: ClockStatus) -> CaseEvent:
    name, origin, was_told = clock.name, clock.origin, not clock.untold
    if clock.status is ClockStatus.RUNNING:
        return intake.ClocksStopped(clocks=(intake.StoppedClock(clock=name, origin=origin, status=status),))
    if (clock.status, status) == (ClockStatus.MISSED, ClockStatus.MET):
        return intake.BreachWithdrawn(clock=name, origin=origin, was_told=was_told)
    return intake.ClockCorrected(clock=name, origin=origin, was=clock.status, status=status, was_told=was_told)


def _opened(name: str, origin: ClockOrigin | None, due: Due | None, judge: Judge) -> Pair:
    if due is None:
        return (_started(intake.StartedClock(clock=name, origin=origin, status=ClockStatus.NOT_APPLICABLE)),), ()
    started = _started(intake.StartedClock(clock=name, origin=origin, authority=due.authority))
    clock = Clock(name=name, origin=origin, status=ClockStatus.RUNNING, authority=due.authority)
    if judge.says(clock, due) is ClockStatus.RUNNING:
        return (started,), timers_of(clock, due)
    found, timers = _turned(clock, due, judge)
    return (started, *found), tuple(change for change in timers if isinstance(change, SetTimer))


def _started(clock: intake.StartedClock) -> CaseEvent:
    return intake.ClocksStarted(clocks=(clock,))


def _moved(case: Case, name: str, origin: ClockOrigin | None, due: Due | None, judge: Judge) -> Pair:
    clock = case.clock(name, origin)
    if clock is None or clock.status is ClockStatus.NOT_APPLICABLE:
        return _opened(name, origin, due, judge)
    if due is None:
        return (_change(clock, ClockStatus.NOT_APPLICABLE),), cancelled(clock)
    if judge.says(clock, due) is clock.status is ClockStatus.RUNNING:
        return (), timers_of(clock, due)
    return _turned(clock, due, judge)


def _joined(pairs: Iterable[Pair]) -> Pair:
    """Put several results into one: first what begins, in one fact, and last what stops, in one fact."""
    listed = tuple(pairs)
    facts = [fact for found, _ in listed for fact in found]
    started = tuple(one for fact in facts if isinstance(fact, intake.ClocksStarted) for one in fact.clocks)
    stopped = tuple(one for fact in facts if isinstance(fact, intake.ClocksStopped) for one in fact.clocks)
    together = (
        *([intake.ClocksStarted(clocks=started)] if started else ()),
        *(fact for fact in facts if not isinstance(fact, intake.ClocksStarted | intake.ClocksStopped)),
        *([intake.ClocksStopped(clocks=stopped)] if stopped else ()),
    )
    return together, tuple(change for _, changes in listed for change in changes)


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
