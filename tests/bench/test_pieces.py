"""What the benchmarks are made of: copies that are true, and a report that is made of what was kept."""

import asyncpg
import pytest

from tests.bench import curve, held, recovery, replay, steady
from tests.bench.all import BENCHES, LETTERS, _options, report
from tests.bench.multiplied import CASE_TABLES, keep_templates, multiply
from tests.builders.kept_cases import TENANT, a_new_case, an_accepted_case
from workflow.ports import Batch
from workflow.store.verify import verify

COSTS = {"worker": 600, "database": 300, "broker": 100, "per_s": 100.0, "wal_kb": 24.0}
SIGNING = 1.5
POINT = {"share": 0.1, "per_s": 9.0, "p50_ms": 20.0, "p99_ms": 40.0, "worst_ms": 50.0, "load_average": 0.5}
CURVE = {"referrals_per_s": 90.0, "backlogs": [80.0, 90.0, 100.0], "points": [POINT], "load_average_before": 0.2}


@pytest.fixture
async def hand(empty_database, store):
    """Two kept cases, and somebody with every right."""
    for one in (a_new_case(), an_accepted_case(), a_new_case("bench")):
        async with store.work(TENANT) as work:
            await work.keep(Batch(tenant=TENANT, cases=(one,)))
    connection = await asyncpg.connect(empty_database.superuser)
    yield connection
    await connection.execute("DROP SCHEMA IF EXISTS template CASCADE")
    await connection.close()


@pytest.mark.connected
async def test_copies_of_cases_verify_and_an_edit_of_one_is_found(hand, auditor):
    templates = await replay._templates(hand)
    await replay.copy_valid(hand, templates, range(1, 25))

    sound = await verify(auditor)
    await hand.execute(
        "UPDATE case_events SET payload = payload || ' ' WHERE ctid = (SELECT max(ctid) FROM case_events)"
    )
    edited = await verify(auditor)

    assert (sound.faults, sound.cases) == ([], 25 * len(templates))
    assert not edited.ok


@pytest.mark.connected
async def test_every_row_of_a_case_is_multiplied_under_ids_of_its_own(hand):
    counts = {name: await hand.fetchval(f"SELECT count(*) FROM {name}") for name in CASE_TABLES}
    await keep_templates(hand)
    await multiply(hand, 1, 4)
    await multiply(hand, 5, 9)

    unready = await hand.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisready OR NOT indisvalid")

    assert (counts["public.cases"], unready) == (2, 0)
    assert {name: await hand.fetchval(f"SELECT count(*) FROM {name}") for name in CASE_TABLES} == {
        name: 10 * count for name, count in counts.items()
    }


def test_the_report_holds_what_was_measured_and_leaves_out_what_never_was():
    said = report({"curve": CURVE})

    assert "(a) How late is the receipt" in said
    assert "| 10% | 9.0 | 20.0 | 40.0 | 50.0 | 0.5 |" in said
    assert "## (b)" not in said
    assert set(LETTERS.values()) == set(BENCHES)


def test_the_cost_of_an_event_is_told_against_the_smallest_size():
    dear = {**COSTS, "worker": 1_600}
    points = [
        {"cases": 10_000, "events_held": 60_000, "database_gb": 0.1, "cold": COSTS, "warm": COSTS, "signing": SIGNING},
        {"cases": 100_000, "events_held": 600_000, "database_gb": 1.0, "cold": dear, "warm": COSTS, "signing": SIGNING},
    ]

    said = held.table({"points": points})

    assert "| 100,000 | 600,000 | 1.0 | cold | 1600 | 300 | 100 | 24.0 | 2.00 |" in said
    assert "| 100,000 | 600,000 | 1.0 | warm | 600 | 300 | 100 | 24.0 | 1.00 |" in said


def test_kills_are_told_by_their_middle_and_their_worst():
    made = recovery._spread([(0.5, 1.0), (0.25, 3.0), (0.75, 2.0)])

    assert made["kept"] == {"median_s": 0.5, "worst_s": 0.75}
    assert "| one of two | 3 | 0.5 | 0.75 | 2.0 | 3.0 |" in recovery.table({"kills": {"one_of_two": made}})


def test_the_curve_goes_from_a_tenth_to_four_fifths():
    assert curve.SHARES == (0.1, 0.2, 0.4, 0.6, 0.8)


def test_an_hour_long_benchmark_runs_only_where_it_is_asked_for():
    everything, asked = _options([]), _options(["--only", "d,h", "--cases", "1000000,10000", "--minutes", "3"])

    assert everything.only == [name for name in BENCHES if name != "steady"]
    assert (asked.only, asked.cases, asked.minutes) == (["held", "steady"], (10_000, 1_000_000), 3.0)


def test_a_worker_s_memory_is_told_by_how_much_it_grows_once_it_is_warm():
    samples = [(0.0, 100.0), (30.0, 160.0), (60.0, 170.0), (90.0, 172.0), (120.0, 171.0), (150.0, 173.0)]
    samples += [(180.0, 172.0), (210.0, 174.0)]

    made = steady.summary(samples)

    assert [made[name] for name in ("minutes", "first_mb", "warm_mb", "last_mb", "largest_mb")] == [
        *(3.5, 100.0),
        *(170.0, 174.0, 174.0),
    ]
    assert 60 < made["mb_an_hour"] < 80
    told = steady.table(made | {"per_s": 20.0, "received": 4200, "cases": 4100})
    assert f"| 3.5 | 20.0 | 4200 | 4100 | 100.0 | 170.0 | 174.0 | 174.0 | {made['mb_an_hour']} |" in told


@pytest.mark.connected
@pytest.mark.kafka
@pytest.mark.slow
async def test_a_worker_s_memory_is_read_while_it_takes_referrals_and_what_its_desk_asks():
    made = await steady.measure(minutes=0.1, per_s=5.0, every_s=1.0)

    assert 0 < made["cases"] <= made["received"] <= 31
    assert len(made["samples"]) == 7
    assert all(50 < size < 1000 for _, size in made["samples"])
