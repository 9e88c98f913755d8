"""The participant's agreement, and the affected person's path."""

from typing import ClassVar
from uuid import UUID

from schemas.events.base import CaseEvent
from schemas.vocabulary import ActivityKind, ContactState, Responsibility


class ConsentGiven(CaseEvent):
    """Somebody agreed for a stated purpose, informed (domain.md 13.12)."""

    wire: ClassVar[str] = "case.consent.given"
    purpose: str
    given_by: str
    responsible_adult: int | None = None
    explained_as: str
    minutes_to_consider: int
    note: UUID | None = None


class ConsentWithdrawn(CaseEvent):
    """Somebody took an agreement back."""

    wire: ClassVar[str] = "case.consent.withdrawn"
    purpose: str


class ResponsibilityRecorded(CaseEvent):
    """What the participant says of responsibility."""

    wire: ClassVar[str] = "case.responsibility.recorded"
    kind: Responsibility


class RiskAssessed(CaseEvent):
    """A risk assessment of the process."""

    wire: ClassVar[str] = "case.risk.assessed"
    level: str
    unsuitable: tuple[ActivityKind, ...] = ()
    note: UUID | None = None


class AffectedPersonEvent(CaseEvent):
    """A fact about one affected person of the case, and where contact stands after it."""

    affected: UUID
    contact: ContactState


class ContactDetailsRecorded(AffectedPersonEvent):
    """It is known how the affected person can be reached safely."""

    wire: ClassVar[str] = "case.contact_details.recorded"
    channels: tuple[str, ...]
    permission: bool


class ContactAttempted(AffectedPersonEvent):
    """One attempt to reach the affected person."""

    wire: ClassVar[str] = "case.contact.attempted"
    channel: str
    reached: bool


class ViewsRecorded(AffectedPersonEvent):
    """The affected person gave views or made a choice from the dated list."""

    wire: ClassVar[str] = "case.views.recorded"
    remedy: str | None = None
    preference: ActivityKind | None = None
    wants_updates: bool
    note: UUID | None = None


class UpdatesOnlyChosen(AffectedPersonEvent):
    """The affected person wants to be told, and nothing else."""

    wire: ClassVar[str] = "case.updates_only.chosen"


class InvolvementDeclined(AffectedPersonEvent):
    """The affected person wants no part."""

    wire: ClassVar[str] = "case.involvement.declined"


class AffectedPersonUnreachable(AffectedPersonEvent):
    """Enough attempts were made."""

    wire: ClassVar[str] = "case.affected_person.unreachable"
    attempts: int


class ContactForbidden(AffectedPersonEvent):
    """The affected person must not be contacted."""

    wire: ClassVar[str] = "case.contact.forbidden"
    reason: str


class AffectedPersonWithdrew(AffectedPersonEvent):
    """The affected person left; the fact of consultation stays."""

    wire: ClassVar[str] = "case.affected_person.withdrew"


class SatisfactionRecorded(AffectedPersonEvent):
    """How the affected person felt it went, 1 to 5."""

    wire: ClassVar[str] = "case.satisfaction.recorded"
    score: int


class ReoffendingFlagged(CaseEvent):
    """Police-supplied, after the end."""

    wire: ClassVar[str] = "case.reoffending.flagged"
    within_months: int
