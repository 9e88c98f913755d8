import pytest

from streams.naming import WorkerName, WorkerNameLostError
from workflow.ports import StoreDownError

LEASE_S = 0.2


class FakeLeases:
    """Answers in turn what it was told to; when that is used up, the name belongs to somebody else."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def take(self, names, holder, seconds):
        answer = self.answers.pop(0) if self.answers else None
        if answer is StoreDownError:
            raise StoreDownError("away")
        return dict.fromkeys(names, 1) if answer else {}


def a_name(*answers):
    return WorkerName(leases=FakeLeases(*answers), name="worker-1", holder="me", seconds=LEASE_S)


async def test_a_database_that_is_away_for_less_than_the_lease_costs_no_worker_its_name():
    name = a_name("kept", StoreDownError, "kept")

    with pytest.raises(WorkerNameLostError):
        await name.run()

    assert name.leases.answers == []


async def test_a_database_that_is_away_for_longer_than_the_lease_does():
    name = a_name(*[StoreDownError] * 100)

    with pytest.raises(WorkerNameLostError):
        await name.run()

    assert len(name.leases.answers) > 90
