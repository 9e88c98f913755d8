"""What a disposal or agreement demands, allows and threatens (domain.md 2.1)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.vocabulary import CHILD_BANDS, AgeBand, Authority, Door, Purpose, Responsibility
from workflow.schemes.parts import Dated, Key, Limit, Minutes
from workflow.schemes.words import ChoiceRoot, LadderStep

COUNTED = (Purpose.REPARATION, Purpose.PUNISHMENT)
ADMISSIONS = frozenset({Responsibility.ADMITS, Responsibility.ACCEPTS})


class BasisPolicy(Dated):
    """One basis on one door; minutes are whole minutes (domain.md 2.1, 13.3-13.5, contracts section 7)."""

    door: Door
    adults: bool
    children: bool
    admission_required: bool
    responsibility: Annotated[tuple[Responsibility, ...], Field(min_length=1)]
    consent_required: bool
    cap_minutes: Minutes | None = None
    cap_authority: Authority | None = None
    cap_ceiling_minutes: Minutes | None = None
    cap_counts: tuple[Purpose, ...] = COUNTED
    limits: tuple[Limit, ...] = ()
    ladder: Annotated[tuple[LadderStep, ...], Field(min_length=1)]
    choice_root: ChoiceRoot
    consequence: Key

    def accepts(self, responsibility: Responsibility) -> bool:
        """Whether this responsibility record is enough (domain.md 0.3)."""
        return responsibility in self.responsibility

    def open_to(self, band: AgeBand) -> bool:
        """Whether the basis exists for that age."""
        return self.children if band in CHILD_BANDS else self.adults

    def step_after(self, failures: int) -> LadderStep:
        """What the n-th unexcused failure leads to, from 1; beyond the last rung the last one holds (13.5)."""
        return self.ladder[min(failures, len(self.ladder)) - 1]

    def counts(self, purpose: Purpose) -> bool:
        """Whether attendance for this purpose uses up the cap (domain.md 13.4, R203)."""
        return purpose in self.cap_counts

    def limit(self, name: str) -> Limit | None:
        """The limit of that name."""
        return next((limit for limit in self.limits if limit.name == name), None)

    @model_validator(mode="after")
    def _admission_means_admission(self) -> Self:
        if self.admission_required and not ADMISSIONS.issuperset(self.responsibility):
            msg = "an admission is required, yet responsibility also takes a record without one"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _cap_has_an_authority(self) -> Self:
        if (self.cap_minutes is None) is not (self.cap_authority is None):
            msg = "cap_minutes and cap_authority come together"
            raise ValueError(msg)
        if self.cap_minutes and self.cap_ceiling_minutes and self.cap_minutes > self.cap_ceiling_minutes:
            msg = "cap_minutes lies above cap_ceiling_minutes"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _ladder_ends_in_a_return(self) -> Self:
        if self.ladder[-1] is not LadderStep.RETURN:
            msg = "the last rung of a ladder is return"
            raise ValueError(msg)
        return self
