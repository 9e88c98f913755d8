"""The start clock of 48 elapsed hours, from each of its four origins (domain.md 0.1, 13.9, R5, R7, R8, R9)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.vocabulary import ClockOrigin, ClockStatus, Door
from workflow.rules.calendar import add_elapsed_hours
from workflow.schemes.parts import StartClock

NOT_PAUSED = timedelta(0)


def start_origins(
    door: Door,
    *,
    behaviour_from: datetime,
    sent_at: datetime,
    police_decided_at: datetime | None,
    disposal_at: datetime | None,
) -> Mapping[ClockOrigin, datetime | None]:
    """The instant of each origin; None where it was not supplied or the door has none (domain.md 13.9)."""
    return {
        ClockOrigin.BEHAVIOUR_FROM: behaviour_from,
        ClockOrigin.REFERRAL_SENT: sent_at,
        ClockOrigin.POLICE_DECIDED: police_decided_at,
        ClockOrigin.DISPOSAL: disposal_at if door is Door.CRIME_OOCR else None,
    }


def due_at(origin: datetime, policy: StartClock, *, paused: timedelta = NOT_PAUSED) -> datetime:
    """When the hours are over, in UTC: elapsed hours, and paused time only where policy says so (domain.md 7)."""
    due = add_elapsed_hours(origin, policy.hours)
    return due + paused if policy.pauses else due


def warn_at(due: datetime, policy: StartClock) -> datetime:
    """When to warn that the hours are running out, in UTC (contracts section 7)."""
    return add_elapsed_hours(due, -policy.warn_before_hours)


def status_at_start(
    origin: datetime | None, started_at: datetime, policy: StartClock, *, paused: timedelta = NOT_PAUSED
) -> ClockStatus:
    """How a start settles the clock, judged on when it occurred and not on when it was recorded (domain.md 13.26)."""
    if origin is None:
        return ClockStatus.NOT_APPLICABLE
    return ClockStatus.MET if started_at <= due_at(origin, policy, paused=paused) else ClockStatus.MISSED


def status_now(
    due: datetime | None, *, started_at: datetime | None, ended_at: datetime | None, now: datetime
) -> ClockStatus:
    """How a clock with this due time stands (None: no such origin): met, missed, running, ended (domain.md 13.9).

    A start decides whenever it was recorded. Without one, whichever came first decides: due passing (missed)
    or the case ending (ended_unstarted); at the very instant of due the clock has run out.
    """
    if due is None:
        return ClockStatus.NOT_APPLICABLE
    if started_at is not None:
        return ClockStatus.MET if started_at <= due else ClockStatus.MISSED
    if (ended_at or now) >= due:
        return ClockStatus.MISSED
    return ClockStatus.RUNNING if ended_at is None else ClockStatus.ENDED_UNSTARTED
