"""The benchmark itself, small: both contenders move what they are given, and the report says all it promises."""

import json
import subprocess
import sys

import pytest

from tests.bench.run import Options, bench
from tests.builders.ground import ROOT

pytestmark = [pytest.mark.connected, pytest.mark.slow]

MOVED = 20
HALF_A_ROW = 0.51  # a referral writes fractions of a row on average, so the last batch may leave half a row over
KEYS = {
    *("ratio_to_bare_pipe", "referrals_per_s", "events_per_s", "p50_ms", "p99_ms", "load_per_s", "events"),
    *("events_a_referral", "rounds", "cpu", "batches", "a_referral_writes", "versions", "seed", "referrals_a_round"),
    *("load_average_before", "rounds_run", "cpu_ratio_to_bare_pipe"),
}


@pytest.fixture(scope="module")
async def run():
    """One small benchmark, and what both databases held when it was over."""
    found = {}

    async def look(course, pipe):
        engine = course.engine
        for table in ("cases", "case_events", "sendings", "outbox", "messages"):
            found["engine", table] = await engine.database.fetchval(f"SELECT count(*) FROM {table}")
        for table in (*course.plan.tables, "positions"):
            found["pipe", table] = await pipe.database.fetchval(f"SELECT count(*) FROM {table}")
        found["plan"] = course.plan
        found["sent"] = {"engine": engine.sent, "pipe": pipe.sent}

    options = Options(rounds=1, referrals=MOVED, warm_up=MOVED, load_per_s=MOVED, load_s=1.0)
    found["report"] = await bench(options, look)
    return found


async def test_every_referral_that_went_in_became_one_case_of_the_engine(run):
    assert run["sent"] == {"engine": 3 * MOVED, "pipe": 2 * MOVED}
    assert run["engine", "cases"] == run["engine", "sendings"] == run["engine", "messages"] == 3 * MOVED
    assert run["engine", "outbox"] == 0


async def test_the_pipe_wrote_as_many_rows_as_the_engine_for_the_same_referrals(run):
    lasting = {name: count for name, (count, _) in run["plan"].tables.items() if name != "outbox"}

    assert lasting["case_events"] == run["engine", "case_events"] / (3 * MOVED)
    for name, count in lasting.items():
        assert run["pipe", name] == pytest.approx(count * 2 * MOVED, abs=HALF_A_ROW), name
    assert run["pipe", "outbox"] == 0


async def test_the_pipe_is_given_every_topic_and_the_vault_too(run):
    plan = run["plan"]

    assert {"case_events", "cases", "outward_records", "outbox", "records", "search_keys", "timers"} <= set(plan.tables)
    assert set(plan.topics) == {"case.events", "notices.police.derbyshire-police"}
    assert plan.topics["case.events"][0] == plan.tables["case_events"][0]


async def test_the_report_has_its_keys_and_they_add_up(run):
    made = run["report"]

    assert set(made) == KEYS
    assert made["events"] == MOVED * made["events_a_referral"]
    assert set(made["cpu"]["engine"]) == set(made["cpu"]["pipe"])
    assert "generator" in made["cpu"]["engine"]
    assert made["p50_ms"] <= made["p99_ms"]


def test_an_option_that_does_not_exist_is_refused_in_a_line():
    command = (sys.executable, "-m", "tests.bench", "--no-such-option")

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "unrecognized arguments" in done.stderr


def test_the_landed_figures_are_those_of_a_whole_run():
    landed = json.loads((ROOT / "tests" / "bench" / "last.json").read_text(encoding="utf-8"))

    assert set(landed) == KEYS
    assert landed["versions"]["broker"].startswith("Apache Kafka")
