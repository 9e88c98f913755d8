"""The common shape of a request that may be refused."""

from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from schemas.base import Strict
from schemas.referrals.fields import Moment, without_nulls

MOST_MINUTES: Final = 60_000
"""As many as a referral may authorise; no part of a case takes longer."""

Word = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(without_nulls)]
FreeText = Annotated[
    str, Field(max_length=4000, description="As people write it; sealed on arrival."), AfterValidator(without_nulls)
]


class Command(Strict):
    """A request about one case. `occurred_at` is when it happened in life; left out, it happened now."""

    personal: ClassVar[bool] = False
    occurred_at: Moment | None = Field(default=None, description="When it happened, if earlier than now.")

    def happened(self, now: datetime) -> datetime:
        """Return the instant the command speaks of: its own, or `now`."""
        return self.occurred_at or now
