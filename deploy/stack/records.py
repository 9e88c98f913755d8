"""The broker's side of a stack: topics after the register, and what was published before put back after a loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from streams.access import Authorizer, Rule, rules_for
from streams.refill import refill
from streams.settings import StreamSettings
from streams.topics import Topic, create_topics, topics_for
from workflow.rules.facts import Organisation
from workflow.store.reading import organisation_of
from workflow.store.refill import SqlRefill


@dataclass(frozen=True, slots=True)
class Made:
    """What was missing on the broker and has been made: names of topics, and rules where the cluster keeps any."""

    topics: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def lines(self) -> list[str]:
        """Return a line for each thing."""
        return [*(f"New topic {name}" for name in self.topics), *(f"New rule: {rule}" for rule in self.rules)]


async def registered(pool: asyncpg.Pool) -> Sequence[Organisation]:
    """Return the register of organisations."""
    return [organisation_of(row) for row in await pool.fetch("SELECT * FROM organisations ORDER BY slug")]


async def wanted_topics(settings: StreamSettings, pool: asyncpg.Pool) -> tuple[Topic, ...]:
    """Return every topic that the register of organisations asks for."""
    return topics_for(await registered(pool), settings)


async def make_topics(settings: StreamSettings, pool: asyncpg.Pool) -> Made:
    """Make the topics that are missing, and the rules where there is an authorizer. May be called again."""
    organisations = await registered(pool)
    topics = await create_topics(settings, topics_for(organisations, settings))
    if not settings.authorizer:
        return Made(topics)
    return Made(topics, await Authorizer(settings.administering()).put(rules_for(organisations)))


async def refill_topics(pool: asyncpg.Pool) -> int:
    """Queue every outward record again, for an empty broker: the same ids and bytes, published by the relay.

    Returns how many. Nothing is delivered to a person again: the notifier knows what it has delivered.
    """
    return await refill(SqlRefill(pool))
