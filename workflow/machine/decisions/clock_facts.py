"""What happens to clocks when work starts, rests, ends or goes on (domain.md 13.1, 13.9, 13.26).

One judgement stands behind every fact: `status_now` of due time, start and end as they occurred. So the order in
which paperwork arrives never changes how a clock ends.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from schemas import commands as c
from schemas.events import CaseEvent, intake
from schemas.vocabulary import ClockOrigin, ClockStatus
from workflow.case.case import Case
from workflow.case.parts import Clock
from workflow.machine.decision import CancelTimer, Seal, SetTimer, TimerChange, derived
from workflow.rules.clocks import status_now
from workflow.rules.dues import START, Due, Dues, dues_of
from workflow.rules.facts import Facts

Pair = tuple[tuple[CaseEvent, ...], tuple[TimerChange, ...]]
NOTHING: Pair = ((), ())
Judge = Callable[[Clock, Due], ClockStatus]


def open_clocks(dues: Dues) -> Pair:
    """Start the four start clocks and every limit whose due time is known; a missing origin is not applicable."""
    starts = (_opened(START, origin, dues.of(START, origin)) for origin in ClockOrigin)
    limits = (_opened(name, None, dues.of(name, None)) for name in dues.limits())
    return _joined((*starts, *limits))


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
    return _joined(_moved(case, name, origin, after.of(name, origin), now) for name, origin in changed)


def start_changed(case: Case, started_at: datetime | None, facts: Facts, now: datetime) -> Pair:
    """Settle the start clocks after the first attended minute became known, moved or vanished (domain.md 13.9)."""

    def judge(_: Clock, due: Due) -> ClockStatus:
        return status_now(due.at, started_at=started_at, ended_at=None, now=now)

    return _settled(_start_clocks(case), dues_of(case, facts, now), judge)


def end_clocks(case: Case, facts: Facts, now: datetime, *, completed: bool) -> Pair:
    """End every clock at `now`, the instant the case ended in life, and cancel its timers and open reminders."""

    def judge(clock: Clock, due: Due) -> ClockStatus:
        met_at = case.started_at if clock.name == START else (now if completed else None)
        return status_now(due.at, started_at=met_at, ended_at=now, now=now)

    facts_of_clocks, _ = _settled(case.clocks, dues_of(case, facts, now), judge, at_end=True)
    timers = tuple(change for clock in case.clocks for change in cancelled(clock.name, clock.origin))
    reminders = tuple(CancelTimer(name=f"remind:{session.id}") for session in case.open_sessions)
    return facts_of_clocks, (*timers, *reminders)


def pause_clocks(case: Case, facts: Facts, now: datetime) -> Pair:
    """Cancel the timers of clocks that wait while the case is paused at `now`; all others run on (domain.md 13.1)."""
    dues = dues_of(case, facts, now)
    waiting = (clock for clock in case.clocks if clock.status is ClockStatus.RUNNING and dues.waits(clock.name))
    return (), tuple(change for clock in waiting for change in cancelled(clock.name, clock.origin))


def resume_clocks(case: Case, facts: Facts, now: datetime) -> Pair:
    """Set the timers of clocks that waited until `now`, later by what the pause took (contracts section 7)."""
    dues = dues_of(case, facts, now)
    waited = (clock for clock in case.clocks if clock.status is ClockStatus.RUNNING and dues.waits(clock.name))
    return (), tuple(change for clock in waited for change in timers_of(clock, dues.of(clock.name, clock.origin)))


def reopen_clocks(case: Case, facts: Facts, now: datetime) -> Pair:
    """Let clocks that only the end had stopped go on, as if the case had never ended."""

    def judge(clock: Clock, due: Due) -> ClockStatus:
        met_at = case.started_at if clock.name == START else None
        return status_now(due.at, started_at=met_at, ended_at=None, now=now)

    return _settled(case.clocks, dues_of(case, facts, now), judge)


def timers_of(clock: Clock, due: Due | None) -> tuple[TimerChange, ...]:
    """Ask to be told at the due time, and ahead of it unless that was done."""
    if due is None:
        return ()
    name = _timer_name(clock.name, clock.origin)
    breach = c.BreachClock(clock=clock.name, origin=clock.origin)
    at_due = SetTimer(name=f"breach:{name}", due_at=due.at, command=breach)
    if clock.warned:
        return (at_due,)
    warn = c.WarnOfClock(clock=clock.name, origin=clock.origin)
    return SetTimer(name=f"warn:{name}", due_at=due.warn_at, command=warn), at_due


def cancelled(name: str, origin: ClockOrigin | None) -> tuple[TimerChange, ...]:
    """Cancel both timers of a clock."""
    timer = _timer_name(name, origin)
    return CancelTimer(name=f"warn:{timer}"), CancelTimer(name=f"breach:{timer}")


def _settled(clocks: Iterable[Clock], dues: Dues, judge: Judge, *, at_end: bool = False) -> Pair:
    """Compare each clock with what it should say, and record the difference; unknown due times settle nothing."""
    known = ((clock, dues.of(clock.name, clock.origin)) for clock in clocks)
    return _joined(_turned(clock, judge(clock, due), due, at_end=at_end) for clock, due in known if due is not None)


def _turned(clock: Clock, status: ClockStatus, due: Due, *, at_end: bool = False) -> Pair:
    if status is clock.status:
        return NOTHING
    timers = timers_of(clock, due) if status is ClockStatus.RUNNING else cancelled(clock.name, clock.origin)
    return (_change(clock, status, at_end=at_end),), timers


def _change(clock: Clock, status: ClockStatus, *, at_end: bool) -> CaseEvent:
    if clock.status is ClockStatus.RUNNING:
        if status is ClockStatus.MISSED and not at_end:
            return intake.ClockBreached(clock=clock.name, origin=clock.origin)
        return intake.ClockStopped(clock=clock.name, origin=clock.origin, status=status)
    if (clock.status, status) == (ClockStatus.MISSED, ClockStatus.MET):
        return intake.BreachWithdrawn(clock=clock.name, origin=clock.origin)
    return intake.ClockCorrected(clock=clock.name, origin=clock.origin, was=clock.status, status=status)


def _opened(name: str, origin: ClockOrigin | None, due: Due | None) -> Pair:
    if due is None:
        return (intake.ClockStarted(clock=name, origin=origin, status=ClockStatus.NOT_APPLICABLE),), ()
    clock = Clock(name=name, origin=origin, status=ClockStatus.RUNNING, authority=due.authority)
    return (intake.ClockStarted(clock=name, origin=origin, authority=due.authority),), timers_of(clock, due)


def _moved(case: Case, name: str, origin: ClockOrigin | None, due: Due | None, now: datetime) -> Pair:
    clock = case.clock(name, origin)
    if clock is None or clock.status is ClockStatus.NOT_APPLICABLE:
        return _opened(name, origin, due)
    if due is None:
        gone = _change(clock, ClockStatus.NOT_APPLICABLE, at_end=False)
        return (gone,), cancelled(name, origin)
    started_at = case.started_at if name == START else None
    status = status_now(due.at, started_at=started_at, ended_at=None, now=now)
    if status is clock.status is ClockStatus.RUNNING:
        return (), timers_of(clock, due)
    return _turned(clock, status, due)


def _start_clocks(case: Case) -> tuple[Clock, ...]:
    return tuple(clock for clock in case.clocks if clock.name == START)


def _joined(pairs: Iterable[Pair]) -> Pair:
    """Put several results into one, in order."""
    listed = tuple(pairs)
    facts = tuple(fact for found, _ in listed for fact in found)
    return facts, tuple(change for _, changes in listed for change in changes)


def _timer_name(name: str, origin: ClockOrigin | None) -> str:
    return name if origin is None else f"{name}:{origin}"


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
