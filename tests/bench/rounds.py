"""Rounds: the engine and the bare pipe move the same referrals in turn, each timed until nothing of them is left."""

import asyncio
from dataclasses import dataclass

import asyncpg

from deploy.local.waiting import holds_within
from tests.bench import meter
from tests.bench.bare_pipe import INBOUND
from tests.bench.meter import Reading

ENGINE_TOPIC = "referrals.police.derbyshire-police"
MOST_S = 120.0
# Judged, published, and told to the people whom it concerns.
ENGINE_LEFT = """
SELECT (SELECT count(*) FROM sendings) < $1 OR EXISTS (SELECT FROM outbox)
    OR (SELECT count(*) FROM outward_records WHERE topic IN ('notices.affected-person', 'notices.participant'))
        > (SELECT count(*) FROM deliveries)
"""
PIPE_LEFT = "SELECT (SELECT coalesce(sum(position), 0) FROM positions) < $1 OR EXISTS (SELECT FROM outbox)"
# Both keep one row of this table a referral, written by the transaction that took it.
BATCHES = "SELECT count(DISTINCT xmin::text) FROM messages"


class NotMovedError(Exception):
    """A contender did not finish in time: there is nothing to report of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How many referrals, in how many transactions they were taken, and what it all cost."""

    referrals: int
    batches: int
    spent: Reading

    @property
    def per_s(self):
        """Referrals a second."""
        return self.referrals / self.spent.at


@dataclass(slots=True, kw_only=True)
class Contender:
    """One that moves referrals: where they go in, its processes, and how to ask whether any is left."""

    name: str
    topic: str
    pids: dict
    database: asyncpg.Connection
    left: str
    sent: int = 0

    async def finished(self):
        """Whether nothing is left of all that was sent so far."""
        return not await self.database.fetchval(self.left, self.sent)

    async def reading(self):
        """Every counter now."""
        return await meter.read(self.database, self.pids)

    async def move(self, producer, referrals):
        """Send the referrals as fast as they go, and wait until nothing is left of them."""
        batches, before = await self.database.fetchval(BATCHES), await self.reading()
        self.sent += len(referrals)
        await asyncio.gather(*[await self.send(producer, one) for one in referrals])
        if not await holds_within(self.finished, MOST_S):
            raise NotMovedError(f"{self.name} has not moved {len(referrals)} referrals within {MOST_S:g} s")
        spent = await self.reading() - before
        taken = await self.database.fetchval(BATCHES) - batches
        return Round(referrals=len(referrals), batches=taken, spent=spent)

    async def send(self, producer, one):
        """Send one; return what becomes done when the broker has it."""
        headers = [("amends-sending", one.number.encode())]
        return await producer.send(self.topic, one.value, key=one.key, headers=headers)


def the_engine(ground, database):
    """The engine's one worker."""
    return Contender(name="engine", topic=ENGINE_TOPIC, pids=ground.pids, database=database, left=ENGINE_LEFT)


def the_pipe(ground, database, process):
    """The bare pipe's one process, in the worker's place."""
    pids = ground.pids | {"worker": process.pid}
    return Contender(name="pipe", topic=INBOUND, pids=pids, database=database, left=PIPE_LEFT)
