"""Checkpoints as they are made every few minutes: in the database, in the file, on their way to the topic."""

import threading

import pytest

from schemas.topics import AUDIT_CHECKPOINTS
from tests.builders.kept_cases import START, TENANT, a_new_case
from tests.databases import KEYS
from workflow.ports import Batch
from workflow.store import checkpoints
from workflow.store.audit import SqlAudit

pytestmark = pytest.mark.connected


async def keep(store, *cases):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "outside" / "checkpoints.jsonl"


@pytest.fixture
def audit(worker_pool, file):
    return SqlAudit(worker_pool, KEYS, file)


async def test_a_checkpoint_is_filed_and_queued_once_and_not_again_until_something_happens(
    store, worker_pool, audit, file
):
    await keep(store, a_new_case())

    made = [await audit.checkpoint(TENANT, START) for _ in range(2)]

    queued = await worker_pool.fetchval(
        "SELECT count(*) FROM outbox o JOIN outward_records r USING (case_id, sequence, part) WHERE r.topic = $1",
        AUDIT_CHECKPOINTS,
    )
    assert made == [True, False]
    assert (len(file.read_bytes().splitlines()), queued) == (1, 1)


async def test_the_root_is_worked_out_beside_the_loop_of_the_worker(store, audit, monkeypatch):
    await keep(store, a_new_case())
    root_over, where = checkpoints.root_over, []
    monkeypatch.setattr(checkpoints, "root_over", lambda heads: where.append(threading.get_ident()) or root_over(heads))

    assert await audit.checkpoint(TENANT, START)

    assert threading.get_ident() not in where


async def test_a_fact_kept_at_the_instant_of_a_checkpoint_is_covered_by_the_next(store, audit):
    await keep(store, a_new_case())
    at = START.replace(year=START.year + 1)  # after every fact, as if each transaction had begun before it
    assert await audit.checkpoint(TENANT, at)

    await keep(store, a_new_case("bench"))

    assert await audit.checkpoint(TENANT, at)
