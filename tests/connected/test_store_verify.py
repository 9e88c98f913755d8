"""What `verify` finds after somebody with every right has changed the database by hand."""

from dataclasses import replace

import asyncpg
import orjson
import pytest

from tests.builders.kept_cases import START, TENANT, a_new_case, an_accepted_case, an_id
from tests.databases import KEYS
from workflow.ports import Batch
from workflow.store.chain import GENESIS, link_hash
from workflow.store.checkpoints import Checkpoint, build_checkpoint, read_heads
from workflow.store.heads import Head, each
from workflow.store.keys import MasterKeys
from workflow.store.report import FaultKind
from workflow.store.rows import EVENT_COLUMNS, EventRow
from workflow.store.verify import verify

pytestmark = pytest.mark.connected


async def keep(store, one):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=(one,)))


@pytest.fixture
async def checkpoint(store, worker_pool):
    for one in (a_new_case(), an_accepted_case(), a_new_case("bench"), an_accepted_case("bench")):
        await keep(store, one)
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
    await keep(store, a_new_case("wall"))

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
        await keep(store, a_new_case(name))
    reading = Reading(auditor)

    report = await verify(reading)

    assert (report.ok, report.cases) == (True, 4)
    assert reading.most == 1  # the one scheme


async def test_a_case_without_facts_and_facts_without_a_case_are_both_named(store, auditor, hand):
    kept = [a_new_case(name) for name in ("wall", "bench", "tree", "gate")]
    for one in kept:
        await keep(store, one)
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


async def write_anew(hand, case_id):
    """Edit the first fact of a case and write its whole chain and its head anew, as somebody with every right can."""
    before = GENESIS
    for row in await hand.fetch("SELECT * FROM case_events WHERE case_id = $1 ORDER BY sequence", case_id):
        edited = row["payload"].replace(b"triage", b"Triage") if row["sequence"] == 1 else row["payload"]
        fact = EventRow(*(row[name] for name in EVENT_COLUMNS))._replace(payload=edited, prev_hash=before)
        before = link_hash(fact)
        await hand.execute(
            "UPDATE case_events SET payload = $3, prev_hash = $4, hash = $5 WHERE case_id = $1 AND sequence = $2",
            *(case_id, row["sequence"], fact.payload, fact.prev_hash, before),
        )
    await hand.execute("UPDATE cases SET head = $2 WHERE id = $1", case_id, before)


async def test_a_chain_that_was_written_anew_is_found_against_a_checkpoint_and_not_without(checkpoint, auditor, hand):
    await write_anew(hand, an_id("graffiti"))

    assert (await verify(auditor)).ok
    report = await verify(auditor, checkpoint)

    assert found(report, FaultKind.CHECKPOINT) == [f"{an_id('graffiti')}/2"]


async def test_what_was_written_anew_before_the_newest_checkpoint_is_found_by_the_heads_of_those_before_it(
    checkpoint, store, auditor, hand, worker_pool
):
    await write_anew(hand, an_id("graffiti"))
    await keep(store, a_new_case("wall"))
    async with worker_pool.acquire() as connection:
        newest = await build_checkpoint(connection, KEYS, TENANT, START)

    assert (await verify(auditor, newest)).ok
    report = await verify(auditor, newest, earlier={*each(checkpoint.heads)})

    assert found(report, FaultKind.CHECKPOINT) == [f"{an_id('graffiti')}/2"]


async def test_where_the_newest_checkpoint_is_not_believed_the_earlier_ones_name_no_case(checkpoint, auditor):
    report = await verify(auditor, checkpoint, earlier={*each(checkpoint.heads)}, trusted=bytes(32))

    assert found(report, FaultKind.CHECKPOINT) == [f"checkpoint {TENANT}/1"]


async def test_a_head_that_its_facts_do_not_give_is_found_also_when_it_was_signed(
    checkpoint, store, auditor, hand, worker_pool
):
    await hand.execute("UPDATE cases SET head = $2 WHERE id = $1", an_id("bench"), bytes(32))
    await keep(store, a_new_case("wall"))
    async with worker_pool.acquire() as connection:
        signed = await build_checkpoint(connection, KEYS, TENANT, START)

    report = await verify(auditor, signed)

    assert found(report, FaultKind.CHAIN_BREAK) == [str(an_id("bench"))]
    assert found(report, FaultKind.CHECKPOINT) == [f"{an_id('bench')}/2"]


async def test_a_chain_that_was_written_anew_is_not_signed_as_long_as_nothing_else_happens(
    checkpoint, hand, worker_pool
):
    await write_anew(hand, an_id("graffiti"))

    async with worker_pool.acquire() as connection:
        assert await build_checkpoint(connection, KEYS, TENANT, START) is None


async def test_after_a_checkpoint_of_an_older_format_one_of_this_is_made_though_nothing_happened(
    checkpoint, hand, worker_pool
):
    told = {name: value for name, value in orjson.loads(checkpoint.signed).items() if name != "format"}
    older = orjson.dumps({**orjson.loads(checkpoint.record()), "signed": orjson.dumps(told).decode()})
    await hand.execute("UPDATE checkpoints SET body = $1", older)

    async with worker_pool.acquire() as connection:
        newer = await build_checkpoint(connection, KEYS, TENANT, START)

    assert (newer.format, newer.number) == (2, 2)


async def test_the_heads_that_are_signed_are_those_of_the_facts_in_the_order_of_ids(checkpoint, hand):
    rows = await hand.fetch("SELECT DISTINCT ON (case_id) * FROM case_events ORDER BY case_id, sequence DESC")

    assert list(map(Head.unpacked, each(checkpoint.heads))) == [
        Head(row["case_id"], row["sequence"], row["hash"]) for row in rows
    ]
    async with hand.transaction():
        assert await read_heads(hand, "another-scheme") == b""


async def test_a_checkpoint_of_an_older_format_is_named_with_what_to_do(checkpoint, auditor):
    told = orjson.loads(checkpoint.signed)
    del told["format"]
    line = orjson.loads(checkpoint.to_bytes()) | {"signed": orjson.dumps(told).decode(), "heads": {str(an_id("a")): []}}

    report = await verify(auditor, Checkpoint.from_bytes(orjson.dumps(line)))

    assert found(report, FaultKind.CHECKPOINT) == [f"checkpoint {TENANT}/1"]
    assert "format 1" in str(report.faults[0])


@pytest.mark.parametrize("name", ["graffiti", "bench"])
async def test_a_removed_case_is_found_against_a_checkpoint_and_not_without(checkpoint, auditor, hand, name):
    await hand.execute("DELETE FROM case_events WHERE case_id = $1", an_id(name))
    await hand.execute("DELETE FROM cases WHERE id = $1", an_id(name))
    await hand.execute("DELETE FROM outbox WHERE case_id = $1", an_id(name))

    assert (await verify(auditor)).ok
    report = await verify(auditor, checkpoint)

    assert found(report, FaultKind.CHECKPOINT) == [str(an_id(name))]


async def test_a_cut_tail_is_found_against_a_checkpoint_and_without_it_by_the_version(checkpoint, auditor, hand):
    await hand.execute("DELETE FROM case_events WHERE case_id = $1 AND sequence = 2", an_id("graffiti"))

    report = await verify(auditor, checkpoint)

    assert found(report, FaultKind.GAP) == [str(an_id("graffiti"))]
    assert found(report, FaultKind.CHECKPOINT) == [f"{an_id('graffiti')}/2"]


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


async def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(checkpoint, store, auditor, worker_pool):
    forged = replace(checkpoint, heads=b"")
    await keep(store, a_new_case("wall"))
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


async def test_checkpoints_are_numbered_and_each_names_the_root_before_it(checkpoint, store, worker_pool):
    await keep(store, a_new_case("wall"))
    async with worker_pool.acquire() as connection:
        second = await build_checkpoint(connection, KEYS, TENANT, START)

    assert (checkpoint.number, second.number) == (1, 2)
    assert checkpoint.root.hex().encode() in second.signed
    assert Checkpoint.from_bytes(second.to_bytes()) == second
