import asyncio

import pytest

from streams.naming import WorkerName, WorkerNameLostError
from workflow.ports import StoreDownError

AWAY = StoreDownError("ConnectionRefusedError")
MINE, OTHERS = True, False


class ScriptedLeases:
    """Leases that answer as they are told, one answer a question."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def take(self, names, holder, seconds):
        answer = self.answers.pop(0)
        if answer is AWAY:
            raise answer
        return dict.fromkeys(names, 1) if answer else {}

    async def release(self, names, holder):
        raise AssertionError("nobody gave the name back")


def _name(*answers):
    return WorkerName(leases=ScriptedLeases(*answers), name="one", holder="one:1", seconds=0.004)


async def test_a_worker_outlives_an_outage_of_the_database_and_keeps_its_name():
    name = _name(MINE, AWAY, AWAY, MINE, OTHERS)

    with pytest.raises(WorkerNameLostError):
        await asyncio.wait_for(name.run(), 5)

    assert name.leases.answers == []


async def test_a_worker_that_was_silent_so_long_that_another_took_its_name_ends():
    with pytest.raises(WorkerNameLostError):
        await asyncio.wait_for(_name(AWAY, OTHERS).run(), 5)
