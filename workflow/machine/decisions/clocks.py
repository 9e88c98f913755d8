"""What the timekeeper asks about clocks: warn before the end, breach once at it, tell after the grace (engine 2.7)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from schemas import commands as c
from schemas.commands import Command
from schemas.events import intake
from schemas.vocabulary import ClockStatus
from workflow.case.case import Case
from workflow.case.parts import Clock
from workflow.machine.decision import Decision
from workflow.machine.decisions.clock_timers import breached, told
from workflow.rules.dues import dues_of
from workflow.rules.facts import Facts
from workflow.rules.refusals import Reason, Refusal


def _warn_of_clock(case: Case, command: c.WarnOfClock, facts: Facts, now: datetime) -> Decision:
    """A warning comes before the due time or not at all (contracts section 7)."""
    clock = _running(case, command, facts, now)
    due = dues_of(case, facts, now).of(command.clock, command.origin)
    if clock.warned or (due is not None and now >= due.at):
        raise Refusal("clock_not_running", clock=command.clock)
    return Decision(facts=(intake.ClockWarned(clock=command.clock, origin=command.origin),))


def _breach_clock(case: Case, command: c.BreachClock, facts: Facts, now: datetime) -> Decision:
    """A clock that still runs at its due time is missed; at the very instant it has run out (domain.md 13.9)."""
    clock = _running(case, command, facts, now)
    due = dues_of(case, facts, now).of(command.clock, command.origin)
    if due is not None and now < due.at:
        raise Refusal("clock_not_due", clock=command.clock)
    recorded, timers = breached(clock, None if due is None else due.tell_at, now)
    return Decision(facts=recorded, timers=timers)


def _tell_of_breach(case: Case, command: c.TellOfBreach, _facts: Facts, _now: datetime) -> Decision:
    """The grace is over and the breach still stands: told once (domain.md 13.26)."""
    clock = case.clock(command.clock, command.origin)
    if clock is None or not clock.untold:
        raise Refusal("no_breach_to_tell", clock=command.clock)
    recorded, timers = told(clock)
    return Decision(facts=recorded, timers=timers)


def _running(case: Case, command: c.WarnOfClock | c.BreachClock, facts: Facts, now: datetime) -> Clock:
    """Return the clock, or refuse what does not run or waits for the end of a pause."""
    clock = case.clock(command.clock, command.origin)
    waits = case.paused_at is not None and dues_of(case, facts, now).waits(command.clock)
    if clock is None or clock.status is not ClockStatus.RUNNING or waits:
        raise Refusal("clock_not_running", clock=command.clock)
    return clock


RULES: Mapping[type[Command], Callable[..., Decision]] = {
    c.WarnOfClock: _warn_of_clock,
    c.BreachClock: _breach_clock,
    c.TellOfBreach: _tell_of_breach,
}
REASONS: Mapping[str, Reason] = {
    "clock_not_running": Reason(
        rule="Only a clock that runs can near or pass its due time.",
        remedy="Nothing is left to do: the clock has ended, waits, or was warned of before.",
    ),
    "clock_not_due": Reason(
        rule="A clock is missed only once its due time has come.",
        remedy="Wait for the due time; the timekeeper asks again by itself.",
    ),
    "no_breach_to_tell": Reason(
        rule="People outside are told once of a breach that still stands when the grace is over.",
        remedy="Nothing is left to do: they were told, or paperwork disproved the breach.",
    ),
}
