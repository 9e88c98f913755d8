"""The case's own life, and what the timekeeper asks."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.commands.base import Command, Word
from schemas.vocabulary import ClockOrigin


class PauseCase(Command):
    """Stop the clocks that may stop; limits of statute run on (contracts section 7)."""

    reason: Literal["medical", "safeguarding", "provider", "bereavement", "exams"]


class ResumeCase(Command):
    """Go on where the case was paused."""


class WithdrawCase(Command):
    """The participant or the referrer withdraws."""

    by: Literal["participant", "referrer"]


class TransferCase(Command):
    """Offer the case to another provider of the same scheme."""

    provider: Word


class AcceptTransfer(Command):
    """The receiving provider takes the case over; clocks keep their first start."""


class CompleteCase(Command):
    """The supervisor's report is in and checked."""

    report_checked: bool
    quality: Literal["excellent", "good", "satisfactory", "poor", "unsatisfactory"] = "satisfactory"


class CloseWithoutFault(Command):
    """End a case that nobody failed."""

    reason: Literal["died", "custody", "order_revoked", "moved_away", "service_ended", "illness"]


class ReopenCase(Command):
    """Go on with a case that was ended too early."""

    reason: Literal["closed_in_error", "hours_corrected", "referrer_asked"]


class WarnOfClock(Command):
    """A clock or limit is near its due time."""

    clock: Word
    origin: ClockOrigin | None = None


class BreachClock(Command):
    """A clock or limit has passed its due time."""

    clock: Word
    origin: ClockOrigin | None = None


class TellOfBreach(Command):
    """The grace for paperwork that would disprove a breach is over."""

    clock: Word
    origin: ClockOrigin | None = None


class RemindOfSession(Command):
    """A session is near."""

    session: UUID = Field(description="The session's id in this case.")
