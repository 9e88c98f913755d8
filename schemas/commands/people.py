"""The participant's agreement and safety, and the affected person's path."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Strict
from schemas.commands.base import MOST_MINUTES, Command, FreeText, Word
from schemas.referrals.fields import Email, Moment
from schemas.referrals.people import Point
from schemas.vocabulary import ActivityKind, Responsibility

ConsentPurpose = Literal["take_part", "share_information", "photograph"]
ConsentGiver = Literal["participant", "responsible_adult", "manager_alternative"]
Channel = Literal["phone", "letter", "email", "text", "in_person"]


class Explanation(Strict):
    """What makes an agreement informed (domain.md 13.12)."""

    format: Literal["spoken", "easy_read", "large_print", "interpreter", "sign_language"] = "spoken"
    told_of_right_to_advice: bool = True
    told_refusal_has_no_penalty: bool = True
    minutes_to_consider: int = Field(default=30, ge=0, le=MOST_MINUTES)


class RecordConsent(Command):
    """Somebody agrees, for a stated purpose."""

    purpose: ConsentPurpose = "take_part"
    given_by: ConsentGiver = "participant"
    responsible_adult: int | None = Field(
        default=None, description="Which of the referral's responsible adults, from 0."
    )
    explanation: Explanation = Explanation()
    reason: FreeText | None = Field(default=None, description="Needed for a manager's alternative.")


class WithdrawConsent(Command):
    """Somebody takes an agreement back; for taking part this ends the case as withdrawn."""

    purpose: ConsentPurpose = "take_part"


class RecordResponsibility(Command):
    """What the participant says of responsibility."""

    kind: Responsibility


class AssessRisk(Command):
    """A risk assessment of the process, not of reoffending (domain.md 4, R102)."""

    personal: ClassVar[bool] = True
    level: Literal["low", "medium", "high"]
    unsuitable: tuple[ActivityKind, ...] = ()
    note: FreeText | None = None


class AffectedCommand(Command):
    """A request about one affected person of the case."""

    affected: UUID = Field(description="The affected person's token in this case.")


class RecordContactDetails(AffectedCommand):
    """How it is safe to reach the affected person."""

    personal: ClassVar[bool] = True
    phone: FreeText | None = None
    email: Email | None = None
    address: FreeText | None = None
    home_point: Point | None = Field(default=None, description="No session takes place near it.")
    channels: tuple[Channel, ...] = ("phone",)
    permission: bool


class RecordContactAttempt(AffectedCommand):
    """One attempt to reach the affected person."""

    channel: Channel
    reached: bool


class RecordViews(AffectedCommand):
    """What the affected person wants; the choice is from the community remedy list in force."""

    personal: ClassVar[bool] = True
    remedy: Word | None = Field(default=None, description="Key of an action on the dated list.")
    preference: ActivityKind | None = None
    wants_updates: bool = False
    views: FreeText | None = None


class ChooseUpdatesOnly(AffectedCommand):
    """The affected person wants to be told, and nothing else."""


class DeclineInvolvement(AffectedCommand):
    """The affected person wants no part."""


class MarkUnreachable(AffectedCommand):
    """Enough attempts were made by enough channels."""


class MarkDoNotContact(AffectedCommand):
    """Contact would do harm, or was forbidden."""

    reason: Literal["unsafe", "asked_by_police", "asked_by_person"] = "unsafe"


class WithdrawAffectedPerson(AffectedCommand):
    """The affected person leaves; the fact of consultation stays (domain.md 11.5)."""


class RecordSatisfaction(AffectedCommand):
    """How the affected person felt it went, 1 (poor) to 5 (good)."""

    score: int = Field(ge=1, le=5)


class FlagReoffending(Command):
    """The police say that the participant was linked to new behaviour after the end."""

    within_months: int = Field(ge=1, le=24)
    on: Moment | None = None
