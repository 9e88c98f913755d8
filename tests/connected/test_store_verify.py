"""What `verify` finds after somebody with every right has changed the database by hand."""

from dataclasses import replace

import asyncpg
import pytest

from tests.builders.kept_cases import START, TENANT, a_new_case, an_accepted_case, an_id
from tests.databases import KEYS
from workflow.ports import Batch
from workflow.store.checkpoints import Checkpoint, build_checkpoint
from workflow.store.keys import MasterKeys
from workflow.store.report import FaultKind
from workflow.store.verify import verify

pytestmark = pytest.mark.connected


@pytest.fixture
async def checkpoint(store, worker_pool):
    for one in (a_new_case(), an_accepted_case(), a_new_case("bench"), an_accepted_case("bench")):
        async with store.work(TENANT) as work:
            await work.keep(Batch(tenant=TENANT, cases=(one,)))
    async with worker_pool.acquire() as connection:
        return await build_checkpoint(connection, KEYS, TENANT, START)


@pytest.fixture
async def hand(empty_database):
    """Somebody with every right."""
    connection = await asyncpg.connect(empty_database.superuser)
    yield connection
    await connection.close()


def found(report, kind):
    return [fault.subject for fault in report.faults if fault.kind is kind]


async def test_an_untouched_database_verifies_also_after_it_has_grown(store, checkpoint, auditor):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=(a_new_case("wall"),)))

    report = await verify(auditor, checkpoint, trusted=checkpoint.public_key)

    assert report.faults == []
    assert (report.events, report.cases, report.ok) == (5, 3, True)


class Reading:
    """The auditor's connection; it remembers how many rows came at once."""

    def __init__(self, connection):
        self._connection = connection
        self.most = 0

    def __getattr__(self, name):
        return getattr(self._connection, name)

    async def fetch(self, query, *values):
        rows = await self._connection.fetch(query, *values)
        self.most = max(self.most, len(rows))
        return rows


async def test_cases_are_read_one_after_another_and_never_all_at_once(store, auditor):
    for name in ("wall", "bench", "tree", "gate"):
        async with store.work(TENANT) as work:
            await work.keep(Batch(tenant=TENANT, cases=(a_new_case(name),)))
    reading = Reading(auditor)

    report = await verify(reading)

    assert (report.ok, report.cases) == (True, 4)
    assert reading.most == 1  # the one scheme


async def test_a_case_without_facts_and_facts_without_a_case_are_both_named(store, auditor, hand):
    kept = [a_new_case(name) for name in ("wall", "bench", "tree", "gate")]
    for one in kept:
        async with store.work(TENANT) as work:
            await work.keep(Batch(tenant=TENANT, cases=(one,)))
    *_, before_last, last = sorted(one.case.id for one in kept)
    await hand.execute("DELETE FROM case_events WHERE case_id = $1", last)
    await hand.execute("DELETE FROM cases WHERE id = $1", before_last)

    report = await verify(auditor)

    assert found(report, FaultKind.GAP) == [str(last)]
    assert found(report, FaultKind.FOLD_MISMATCH) == [str(before_last)]
    assert (report.cases, report.events) == (3, 3)


async def test_an_edited_byte_is_named_by_its_event(checkpoint, auditor, hand):
    await hand.execute(
        "UPDATE case_events "
        "SET payload = overlay(payload placing 'T'::bytea from position('triage'::bytea in payload)) "
        "WHERE case_id = $1 AND sequence = 1",
        an_id("graffiti"),
    )

    report = await verify(auditor)

    assert found(report, FaultKind.CHAIN_BREAK) == [f"{an_id('graffiti')}/1"]


async def test_a_chain_that_was_written_anew_is_found_against_a_checkpoint(checkpoint, auditor, hand):
    await hand.execute("DELETE FROM case_events WHERE case_id = $1", an_id("graffiti"))
    await hand.execute("DELETE FROM cases WHERE id = $1", an_id("graffiti"))
    await hand.execute("DELETE FROM outbox WHERE case_id = $1", an_id("graffiti"))

    assert (await verify(auditor)).ok
    report = await verify(auditor, checkpoint)

    assert str(an_id("graffiti")) in found(report, FaultKind.CHECKPOINT)


async def test_a_cut_tail_is_found_against_a_checkpoint_and_without_it_by_the_version(checkpoint, auditor, hand):
    await hand.execute("DELETE FROM case_events WHERE case_id = $1 AND sequence = 2", an_id("graffiti"))

    report = await verify(auditor, checkpoint)

    assert found(report, FaultKind.GAP) == [str(an_id("graffiti"))]
    assert f"{an_id('graffiti')}/2" in found(report, FaultKind.CHECKPOINT)


async def test_a_fact_missing_in_the_middle_is_a_gap(checkpoint, auditor, hand):
    await hand.execute("DELETE FROM case_events WHERE case_id = $1 AND sequence = 1", an_id("bench"))

    report = await verify(auditor)

    assert found(report, FaultKind.GAP) == [f"{an_id('bench')}/2"]


async def test_a_changed_state_is_not_what_its_facts_fold_to(checkpoint, auditor, hand):
    await hand.execute(
        "UPDATE cases SET body = convert_to(replace(convert_from(body, 'UTF8'), 'accepted', 'declined'), 'UTF8') "
        "WHERE id = $1",
        an_id("bench"),
    )

    assert found(await verify(auditor), FaultKind.FOLD_MISMATCH) == [str(an_id("bench"))]


async def test_a_database_rolled_back_behind_a_checkpoint_is_found(checkpoint, auditor, hand):
    await hand.execute("DELETE FROM checkpoints")

    report = await verify(auditor, checkpoint)

    assert found(report, FaultKind.CHECKPOINT) == [f"checkpoint {TENANT}/1"]


async def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(checkpoint, auditor, worker_pool):
    forged = replace(checkpoint, heads={})
    async with worker_pool.acquire() as connection:
        anothers = await build_checkpoint(connection, MasterKeys(bytes(32)), TENANT, START)

    for given in (forged, anothers):
        report = await verify(auditor, given, trusted=checkpoint.public_key)

        assert found(report, FaultKind.CHECKPOINT) == [f"checkpoint {TENANT}/{given.number}"]


async def test_a_place_that_one_side_alone_tells_of_is_named(checkpoint, auditor, hand):
    await hand.execute("ALTER TABLE slot_places DISABLE TRIGGER ALL")
    await hand.execute("INSERT INTO slot_places VALUES ($1, 'slot-1', 1, $2)", TENANT, an_id("bench"))
    await hand.execute("ALTER TABLE slot_places ENABLE TRIGGER ALL")

    assert found(await verify(auditor), FaultKind.PLACE_MISMATCH) == [f"{TENANT}/slot-1/1"]


async def test_a_pointer_or_a_timer_to_nothing_is_named(checkpoint, auditor, hand):
    await hand.execute("INSERT INTO outbox VALUES (0, $1, 9, 0, $2, now())", an_id("bench"), TENANT)
    await hand.execute("INSERT INTO timers VALUES ($1, $2, 'n', 0, now(), 1, '')", TENANT, an_id("nobody"))

    report = await verify(auditor)

    assert found(report, FaultKind.OUTBOX) == [f"{an_id('bench')}/9/0"]
    assert found(report, FaultKind.TIMER) == [f"{an_id('nobody')}/n"]


async def test_checkpoints_are_numbered_and_each_names_the_root_before_it(checkpoint, worker_pool):
    async with worker_pool.acquire() as connection:
        second = await build_checkpoint(connection, KEYS, TENANT, START)

    assert (checkpoint.number, second.number) == (1, 2)
    assert checkpoint.root.hex().encode() in second.signed
    assert Checkpoint.from_bytes(second.to_bytes()) == second
