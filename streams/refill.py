"""Fill a broker that lost its contents: every kept record goes out once more, byte for byte as the first time.

Notices to people go out again too, for some were perhaps never read; nobody gets a message twice, since the notifier
delivers each notice by its id once.
"""

from collections.abc import Sequence
from typing import Protocol


class KeptRecords(Protocol):
    """What was ever published, as the store keeps it."""

    async def end_epochs(self) -> None:
        """Fence the relays: what they still remove stays. May be called again."""
        ...

    async def read_anew(self, topics: Sequence[str]) -> None:
        """Let readers of ours begin these topics at zero: where they stood was in a log that is gone."""
        ...

    async def queue_case_events(self) -> int:
        """Queue every fact of every case for the relay; return how many there are. May be called again."""
        ...

    async def queue_records(self, topics: Sequence[str]) -> int:
        """Queue every kept record of these topics for the relay. May be called again."""
        ...

    async def kept_topics(self) -> Sequence[str]:
        """Return the topics of which records are kept besides the case events."""
        ...


async def refill(kept: KeptRecords) -> int:
    """Queue all that was published; the relay sends it. Return how many records that are. May be called again."""
    topics = await kept.kept_topics()
    await kept.end_epochs()
    await kept.read_anew(topics)
    return await kept.queue_case_events() + await kept.queue_records(topics)
