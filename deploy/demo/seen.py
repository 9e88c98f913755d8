"""What the board shows, read from SQL as it changes: cases once a change, notices every few seconds."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from deploy.demo import summary
from schemas.vocabulary import ENDED_STATES
from workflow.case.case import Case
from workflow.store.rows import case_of

CHANGED = "SELECT id, body, updated_at FROM cases WHERE updated_at >= $1"
WAITING = "SELECT count(*) FROM outbox"
NOTICES = "SELECT topic, count(*) AS n FROM outward_records WHERE topic LIKE 'notices.%' GROUP BY topic"
NOTICES_EVERY_S = 3.0
RATE_OVER_S = 5.0
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at the demo. `referrals` are those that opened a case; a transfer opens one too, and is none."""

    at: datetime | None = None
    referrals: int = 0
    by_state: Mapping[str, int] = field(default_factory=dict)
    clocks: tuple[Mapping[str, Any], ...] = ()
    minutes: Mapping[str, int] = field(default_factory=dict)
    sessions: Mapping[str, int] = field(default_factory=dict)
    notices: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    events_a_second: float = 0.0
    waiting: int = 0

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(self.by_state.values())

    @property
    def ended(self) -> int:
        """How many of them have ended."""
        return sum(count for state, count in self.by_state.items() if state in ENDED_STATES)


class Watch:
    """Keeps the cases that it has read, so that a look costs one small query and the folding of what changed."""

    def __init__(self) -> None:
        self._cases: dict[UUID, Case] = {}
        self._upto = BEFORE_ALL
        self._waiting = 0
        self._notices: Mapping[str, int] = {}
        self._notices_at = -NOTICES_EVERY_S
        self._counts: deque[tuple[float, int]] = deque()

    async def look(self, pool: asyncpg.Pool, at: datetime, second: float) -> Seen:
        """Return how things stand; `second` is a steady clock's, for the rate."""
        await self._read(pool, second)
        events = sum(case.version for case in self._cases.values())
        return Seen(
            at=at,
            events=events,
            events_a_second=self._rate(second, events),
            waiting=self._waiting,
            notices=self._notices,
            **_counted(self._cases),
        )

    async def _read(self, pool: asyncpg.Pool, second: float) -> None:
        changed = await pool.fetch(CHANGED, self._upto)
        self._cases |= {row["id"]: case_of(row["body"]) for row in changed}
        self._upto = max((row["updated_at"] for row in changed), default=self._upto)
        self._waiting = await pool.fetchval(WAITING)
        if second - self._notices_at >= NOTICES_EVERY_S:
            self._notices_at = second
            self._notices = summary.by_audience({row["topic"]: row["n"] for row in await pool.fetch(NOTICES)})

    def _rate(self, second: float, events: int) -> float:
        """Over the last seconds, and no less than the time since the last look: the demo comes to rest and leaps."""
        self._counts.append((second, events))
        while len(self._counts) > 2 and second - self._counts[1][0] >= RATE_OVER_S:  # noqa: PLR2004 - a pair
            self._counts.popleft()
        begun, before = self._counts[0]
        return (events - before) / (second - begun) if second > begun else 0.0


def _counted(cases: Mapping[UUID, Case]) -> Mapping[str, Any]:
    every = tuple(cases.values())
    return {
        "referrals": sum(case.transferred_from is None for case in every),
        "by_state": Counter(str(case.state) for case in every),
        "clocks": tuple(summary.clocks_part(every)[summary.START]),
        **summary.work_part(every),
    }
