"""When a limit passes: its own unit, pause rule and roll rule; a statute knows neither (domain.md 13.1, 13.2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from schemas.vocabulary import Authority
from workflow.rules.calendar import (
    ONE_DAY,
    Calendar,
    add_elapsed_hours,
    add_months,
    add_working_days,
    end_of_day,
    local_day,
    next_working_day,
    working_days_between,
)
from workflow.schemes.parts import Limit
from workflow.schemes.words import LimitUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time during which nobody could work, from an instant to an instant; pauses of a case do not overlap."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDue:
    """The last day within a limit (local), the instant after which it has passed, and how sure that is."""

    due_on: date
    passes_at: datetime
    is_provisional: bool


ADD: Mapping[LimitUnit, Callable[[date, int, Calendar], date]] = MappingProxyType(
    {
        LimitUnit.WORKING_DAYS: add_working_days,
        LimitUnit.DAYS: lambda day, n, _calendar: day + timedelta(days=n),
        LimitUnit.WEEKS: lambda day, n, _calendar: day + timedelta(weeks=n),
        LimitUnit.MONTHS: lambda day, n, _calendar: add_months(day, n),
    }
)


def limit_due(
    limit: Limit, origin: datetime, calendar: Calendar, *, pauses: Sequence[Pause] = (), extended: bool = False
) -> LimitDue:
    """When a limit that began at `origin` passes; `extended` takes its longer length if it has one (domain.md 2.1)."""
    length = limit.extends_to if extended and limit.extends_to is not None else limit.length
    counted = pauses if may_pause(limit) else ()
    if limit.unit is LimitUnit.ELAPSED_HOURS:
        passes_at = add_elapsed_hours(origin, length) + paused_time(counted)
        return LimitDue(due_on=local_day(passes_at), passes_at=passes_at, is_provisional=False)
    named = _rolled(
        limit, _paused_day(limit, ADD[limit.unit](local_day(origin), length, calendar), calendar, counted), calendar
    )
    due_on = named if limit.last_day_included else named - ONE_DAY
    return LimitDue(due_on=due_on, passes_at=end_of_day(due_on), is_provisional=_is_provisional(limit, named, calendar))


def may_pause(limit: Limit) -> bool:
    """Whether a pause of the case moves the limit; a statute never waits (domain.md 13.1)."""
    return limit.pauses and limit.authority is not Authority.STATUTE


def may_roll(limit: Limit) -> bool:
    """Whether the limit moves on to a working day; one set by statute never does (domain.md 13.1)."""
    return limit.rolls and limit.authority is not Authority.STATUTE


def paused_time(pauses: Sequence[Pause]) -> timedelta:
    """Elapsed time within the pauses."""
    return sum((pause.ended_at - pause.started_at for pause in pauses), timedelta(0))


def return_by(due_on: date, lead_days: int) -> date:
    """The last day on which a failing case goes back in time, so many calendar days ahead (domain.md 10 row 15)."""
    return due_on - timedelta(days=lead_days)


def _paused_day(limit: Limit, day: date, calendar: Calendar, pauses: Sequence[Pause]) -> date:
    """The day moved by what was paused: working days for a limit of working days, else calendar days."""
    spans = [(local_day(pause.started_at), local_day(pause.ended_at)) for pause in pauses]
    if limit.unit is LimitUnit.WORKING_DAYS:
        return add_working_days(day, sum(working_days_between(*span, calendar) for span in spans), calendar)
    return day + sum(((until - after) for after, until in spans), timedelta(0))


def _rolled(limit: Limit, day: date, calendar: Calendar) -> date:
    return next_working_day(day, calendar) if may_roll(limit) else day


def _is_provisional(limit: Limit, named: date, calendar: Calendar) -> bool:
    """Only a limit that asked for working days can turn on a holiday that nobody has published."""
    asked = limit.unit is LimitUnit.WORKING_DAYS or may_roll(limit)
    return asked and calendar.is_provisional(named)
