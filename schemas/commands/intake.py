"""Intake and triage: from a referral to a decision about it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from schemas.commands.base import MOST_MINUTES, Command, FreeText, Word
from schemas.problems import broken
from schemas.referrals import Referral
from schemas.referrals.fields import Moment
from schemas.vocabulary import LimitationKind

LONGEST_POINTER = 200
NOTHING_AMENDED = (
    "{field} amends nothing; add authorised_minutes, limitation, limitation_on or a note, or do not send it."
)
DeclineReason = Literal[
    "not_eligible", "excluded_behaviour", "age", "out_of_area", "unsafe", "persistent", "already_served", "no_capacity"
]

_Answers = TypeVar("_Answers", bound=Mapping[str, str])


def _kept_names(answers: _Answers) -> _Answers:
    """Refuse names that no pointer has; the fault is told of the whole, for a name may be somebody's detail."""
    if any("\0" in name or len(name) > LONGEST_POINTER for name in answers):
        raise broken("not_a_pointer", "{field} names a field that no referral can have; use JSON pointers.")
    return answers


class SubmitReferral(Command):
    """Open a case from a referral that kept its contract."""

    personal: ClassVar[bool] = True
    referral: Referral


class AmendReferral(Command):
    """The referrer corrects or completes its own referral; an amendment names at least one thing that it amends."""

    personal: ClassVar[bool] = True
    message_id: UUID
    authorised_minutes: int | None = Field(default=None, gt=0, le=MOST_MINUTES)
    limitation: LimitationKind | None = None
    limitation_on: Moment | None = None
    note: FreeText | None = None

    @model_validator(mode="after")
    def _amends_something(self) -> Self:
        stated = (self.authorised_minutes, self.limitation, self.limitation_on)
        if all(one is None for one in stated) and not (self.note or "").strip():
            raise broken("nothing_amended", NOTHING_AMENDED)
        return self


class ConfirmMatch(Command):
    """A person confirms that this referral is about a participant the scheme already works with."""

    other_case_id: UUID
    same_incident: bool = Field(description="True joins both referrals in one case; false only links two cases.")


class RejectMatch(Command):
    """A person says that the proposed match is somebody else."""

    other_case_id: UUID


class RequestInformation(Command):
    """Ask the referrer for what is missing before a decision."""

    fields: tuple[Word, ...] = Field(min_length=1, description="JSON pointers into the referral.")


class ProvideInformation(Command):
    """The referrer answers; each answer is sealed but for the ones the rules need."""

    personal: ClassVar[bool] = True
    limitation: LimitationKind | None = None
    limitation_on: Moment | None = None
    disposal_at: Moment | None = None
    police_decided_at: Moment | None = None
    answers: Annotated[dict[str, FreeText], AfterValidator(_kept_names)] = Field(
        default_factory=dict, description="Other answers by JSON pointer."
    )


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

    caseworker: Word | None = None
    reason: FreeText | None = Field(
        default=None, description="Needed when somebody else than the first proposal is named."
    )
