"""Intake and triage: from a referral to a decision about it."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.commands.base import Command, FreeText
from schemas.referrals import Referral
from schemas.vocabulary import LimitationKind

DeclineReason = Literal[
    "not_eligible", "excluded_behaviour", "age", "out_of_area", "unsafe", "persistent", "already_served", "no_capacity"
]


class SubmitReferral(Command):
    """Open a case from a referral that kept its contract."""

    personal: ClassVar[bool] = True
    referral: Referral


class AmendReferral(Command):
    """The referrer corrects or completes its own referral."""

    personal: ClassVar[bool] = True
    message_id: UUID
    authorised_minutes: int | None = Field(default=None, gt=0)
    limitation: LimitationKind | None = None
    limitation_on: AwareDatetime | None = None
    note: FreeText | None = None


class ConfirmMatch(Command):
    """A person confirms that this referral is about a participant the scheme already works with."""

    other_case_id: UUID
    same_incident: bool = Field(description="True joins both referrals in one case; false only links two cases.")


class RejectMatch(Command):
    """A person says that the proposed match is somebody else."""

    other_case_id: UUID


class RequestInformation(Command):
    """Ask the referrer for what is missing before a decision."""

    fields: tuple[str, ...] = Field(min_length=1, description="JSON pointers into the referral.")


class ProvideInformation(Command):
    """The referrer answers; each answer is sealed but for the ones the rules need."""

    personal: ClassVar[bool] = True
    limitation: LimitationKind | None = None
    limitation_on: AwareDatetime | None = None
    disposal_at: AwareDatetime | None = None
    police_decided_at: AwareDatetime | None = None
    answers: dict[str, FreeText] = Field(default_factory=dict, description="Other answers by JSON pointer.")


class AcceptReferral(Command):
    """Take the case on."""


class DeclineReferral(Command):
    """Say no, with a reason the referrer is told."""

    reason: DeclineReason


class RecordYouthJusticeClearance(Command):
    """Youth justice says whether a child may start work."""

    given: bool


class AllocateCaseworker(Command):
    """Give the case a caseworker; left out, the rules propose the best and that one is taken."""

    caseworker: str | None = None
    reason: FreeText | None = Field(
        default=None, description="Needed when somebody else than the first proposal is named."
    )
