from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from workflow.ports import StoreDownError
from workflow.store.consulting import SqlConsultations
from workflow.store.sql_store import SqlClock


class BrokenPool:
    """A pool whose connection broke while it was idle, as asyncpg tells it."""

    async def fetchval(self, *args):
        raise asyncpg.InternalClientError("got result for unknown protocol state")

    execute = fetchval


async def test_a_clock_that_cannot_be_asked_is_an_outage_and_ends_no_worker():
    with pytest.raises(StoreDownError):
        await SqlClock(BrokenPool()).now()


async def test_a_reveal_that_cannot_be_noted_is_an_outage_and_ends_no_worker():
    person = UUID(int=7)

    with pytest.raises(StoreDownError):
        await SqlConsultations(BrokenPool()).joined("derbyshire", [("n", person)], (), datetime(2026, 3, 2, tzinfo=UTC))
