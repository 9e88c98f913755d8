"""The broker's side of a stack: topics after the register, and what was published before put back after a loss."""

import asyncpg

from streams.refill import refill
from streams.settings import StreamSettings
from streams.topics import Topic, create_topics, topics_for
from workflow.store.reading import organisation_of
from workflow.store.refill import SqlRefill


async def wanted_topics(settings: StreamSettings, pool: asyncpg.Pool) -> tuple[Topic, ...]:
    """Return every topic that the register of organisations asks for."""
    rows = await pool.fetch("SELECT * FROM organisations")
    return topics_for((organisation_of(row) for row in rows), settings)


async def make_topics(settings: StreamSettings, pool: asyncpg.Pool) -> tuple[str, ...]:
    """Make the topics that are missing, and return their names. May be called again."""
    return await create_topics(settings, await wanted_topics(settings, pool))


async def refill_topics(pool: asyncpg.Pool) -> int:
    """Queue every outward record again, for an empty broker: the same ids and bytes, published by the relay.

    Returns how many. Nothing is delivered to a person again: the notifier knows what it has delivered.
    """
    return await refill(SqlRefill(pool))
