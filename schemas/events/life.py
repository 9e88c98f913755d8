"""The case's own life."""

from typing import ClassVar
from uuid import UUID

from schemas.events.base import CaseEvent


class CasePaused(CaseEvent):
    """Clocks that may pause are stopped."""

    wire: ClassVar[str] = "case.life.paused"
    reason: str


class CaseResumed(CaseEvent):
    """The case goes on where it was."""

    wire: ClassVar[str] = "case.life.resumed"


class CaseWithdrawn(CaseEvent):
    """The participant or the referrer withdrew."""

    wire: ClassVar[str] = "case.life.withdrawn"
    by: str


class TransferOffered(CaseEvent):
    """The case is offered to another provider of the scheme."""

    wire: ClassVar[str] = "case.transfer.offered"
    provider: str


class CaseTransferred(CaseEvent):
    """The receiving provider accepted; the linked case goes on."""

    wire: ClassVar[str] = "case.life.transferred"
    provider: str
    to_case: UUID


class CaseCompleted(CaseEvent):
    """The hours are done and the report is checked."""

    wire: ClassVar[str] = "case.life.completed"
    quality: str
    credited: int


class CaseClosedWithoutFault(CaseEvent):
    """The case ended and nobody failed."""

    wire: ClassVar[str] = "case.life.closed_no_fault"
    reason: str


class CaseReopened(CaseEvent):
    """The case goes on after an end."""

    wire: ClassVar[str] = "case.life.reopened"
    reason: str
