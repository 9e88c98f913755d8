"""The timers of a clock: ahead of its due time, at it, and once the grace after a breach is over."""

from datetime import datetime

from schemas import commands as c
from schemas.events import CaseEvent, intake
from schemas.vocabulary import ClockOrigin
from workflow.case.parts import Clock
from workflow.machine.decision import CancelTimer, SetTimer, TimerChange
from workflow.rules.dues import Due

Pair = tuple[tuple[CaseEvent, ...], tuple[TimerChange, ...]]
NOTHING: Pair = ((), ())


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


def cancelled(clock: Clock) -> tuple[TimerChange, ...]:
    """Cancel every timer that a clock may have."""
    timer = _timer_name(clock.name, clock.origin)
    return CancelTimer(name=f"warn:{timer}"), CancelTimer(name=f"breach:{timer}"), *silenced(clock)


def silenced(clock: Clock) -> tuple[TimerChange, ...]:
    """Cancel the telling of a breach that waits for its grace."""
    return (CancelTimer(name=f"tell:{_timer_name(clock.name, clock.origin)}"),) if clock.untold else ()


def breached(clock: Clock, tell_at: datetime | None, now: datetime) -> Pair:
    """Record a breach at once; people outside hear of it when the grace is over, None meaning now (domain.md 13.26)."""
    fact = intake.ClockBreached(clock=clock.name, origin=clock.origin)
    if tell_at is None or now >= tell_at:
        return (fact, _told(clock)), cancelled(clock)
    tell = c.TellOfBreach(clock=clock.name, origin=clock.origin)
    timer = SetTimer(name=f"tell:{_timer_name(clock.name, clock.origin)}", due_at=tell_at, command=tell)
    return (fact,), (*cancelled(clock), timer)


def told(clock: Clock) -> Pair:
    """Tell people outside of a breach that they have yet to hear of; nothing where there is none."""
    return ((_told(clock),), cancelled(clock)) if clock.untold else NOTHING


def _told(clock: Clock) -> CaseEvent:
    return intake.BreachTold(clock=clock.name, origin=clock.origin)


def _timer_name(name: str, origin: ClockOrigin | None) -> str:
    return name if origin is None else f"{name}:{origin}"
