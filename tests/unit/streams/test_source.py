import asyncio

import pytest

from streams.source import BatchSource, PartedError, Parts
from tests.builders.streams import Register, some_settings
from workflow.ports import StoreDownError

PATIENCE_MS = 40


class Lag:
    """Where the lag is told: an outage refuses at once, a cable that is out says nothing at all."""

    def __init__(self, answer):
        self.answer = answer

    async def write_lag(self, lags):
        if self.answer == "refuses":
            raise StoreDownError("ConnectionRefusedError")
        if self.answer == "is silent":
            await asyncio.Event().wait()


def _source():
    settings = some_settings(session_timeout_ms=PATIENCE_MS)
    return BatchSource(Parts(settings=settings, taker=None, positions=Lag("answers"), register=Register()))


async def _tells_for_ever(source):
    while True:
        try:
            await source._tell({})
        except StoreDownError:
            await asyncio.sleep(PATIENCE_MS / 10_000)


@pytest.mark.parametrize("answer", ["refuses", "is silent"])
async def test_a_worker_that_cannot_reach_the_database_leaves_its_partitions_to_others(answer):
    source = _source()
    await source._tell({})
    source.parts.positions.answer = answer

    with pytest.raises(PartedError):
        await asyncio.wait_for(_tells_for_ever(source), 5)


async def test_a_database_that_answered_a_moment_ago_is_waited_for():
    source = _source()
    await source._tell({})
    source.parts.positions.answer = "refuses"

    with pytest.raises(StoreDownError):
        await source._tell({})
