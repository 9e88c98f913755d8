"""The common shape of a request that may be refused."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.base import Strict


class Command(Strict):
    """A request about one case. `occurred_at` is when it happened in life; left out, it happened now."""

    personal: ClassVar[bool] = False
    occurred_at: AwareDatetime | None = Field(default=None, description="When it happened, if earlier than now.")

    def happened(self, now: datetime) -> datetime:
        """Return the instant the command speaks of: its own, or `now`."""
        return self.occurred_at or now


FreeText = Annotated[str, Field(max_length=4000, description="As people write it; sealed on arrival.")]
