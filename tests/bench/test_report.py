import pytest

from tests.bench.latency import percentile
from tests.bench.meter import Reading
from tests.bench.report import notes, report, spread, table
from tests.bench.rounds import Round
from tests.bench.shape import Shape, Written

PARTS = ("worker", "broker", "database", "generator")
SHAPE = Shape(
    tables={"cases": Written(count=1.0, size=900), "case_events": Written(count=6.0, size=600)},
    topics={"case.events": Written(count=6.0, size=750)},
    events=6.0,
    commits=0.4,
)
STATED = {
    "load_per_s": 40,
    "seed": 7,
    "load_average_before": 0.2,
    "versions": {"system": "here", "broker": "a broker", "postgresql": "18"},
}


def a_round(seconds, referrals=100, batches=4):
    spent = Reading(at=seconds, cpu=dict.fromkeys(PARTS, 0.6), commits=40, wal=100_000)
    return Round(referrals=referrals, batches=batches, spent=spent)


def a_report(**changes):
    rounds = {"engine": [a_round(1), a_round(2), a_round(4)], "pipe": [a_round(0.1), a_round(0.25), a_round(0.5)]}
    return report(rounds, waits=[0.02, 0.01, 0.03], shape=SHAPE, stated=STATED) | changes


def test_the_ratio_is_of_the_middle_rounds():
    made = a_report()

    assert made["rounds"] == {
        "engine": {"min": 25.0, "median": 50.0, "max": 100.0},
        "pipe": {"min": 200.0, "median": 400.0, "max": 1000.0},
    }
    assert (made["referrals_per_s"], made["events_per_s"], made["ratio_to_bare_pipe"]) == (50.0, 300.0, 0.125)


def test_cpu_is_told_by_process_in_all_and_an_event():
    made = a_report()

    assert list(made["cpu"]["engine"]) == list(PARTS)
    assert made["cpu"]["engine"]["broker"] == {"seconds": 1.8, "us_per_event": 1000}
    assert made["cpu_ratio_to_bare_pipe"] == 1.0


def test_batches_and_commits_are_means_over_all_rounds():
    assert a_report()["batches"]["pipe"] == {
        "referrals_a_transaction": 25.0,
        "commits_a_referral": 0.4,
        "wal_bytes_a_referral": 1000,
    }


@pytest.mark.parametrize(("share", "value"), [(0.01, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_nearest_rank(share, value):
    assert percentile(range(100, 0, -1), share) == value


def test_a_spread_has_lowest_middle_and_highest():
    assert spread([3.04, 1, 2]) == {"min": 1, "median": 2, "max": 3.0}


def test_only_what_is_much_worse_than_last_time_is_pointed_out():
    last = a_report()

    assert notes(a_report(p99_ms=35.0, referrals_per_s=45.0), last) == []
    assert notes(a_report(p99_ms=10.0, referrals_per_s=90.0), last) == []
    assert notes(a_report(p99_ms=60.0, referrals_per_s=30.0), last) == [
        "referrals_per_s was 50.0, is 30.0",
        "p99_ms was 30.0, is 60.0",
    ]


@pytest.mark.parametrize("changed", [{"system": "elsewhere"}, {"broker": "another"}])
def test_figures_of_another_machine_or_broker_are_not_compared(changed):
    last = a_report(versions=STATED["versions"] | changed)

    (said,) = notes(a_report(p99_ms=900.0), last)

    assert said.endswith("are not compared")


def test_a_machine_on_which_others_work_is_said_to_be_busy():
    (said,) = notes(a_report(load_average_before=7.5), a_report())

    assert "load 7.5" in said


def test_the_table_names_every_process_and_the_stated_load():
    said = table(a_report())

    assert all(part in said for part in PARTS)
    assert "receipt at 40/s" in said
