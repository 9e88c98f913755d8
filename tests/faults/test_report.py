"""The report of a run replaces its own part of the file and no other, and hides nothing; what was kept is read back."""

from argparse import Namespace
from dataclasses import replace

import pytest

from tests.faults import report
from tests.faults.experiments import EXPERIMENTS
from tests.faults.outcomes import Outcome, Row
from tests.faults.run import EVERY, Course

KEPT = Outcome(seed=7, kills=2, sent=40, promises={"P1": [], "P5": []}, seconds=60)
ROW = Row(
    number=EXPERIMENTS[0].number,
    what="kills",
    mechanism="the fence",
    breaks="P5",
    outcome=KEPT,
    control=replace(KEPT, promises={"P1": [], "P5": ["read twice"]}),
)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "_machine", lambda: "A machine.")
    return tmp_path / "REPORT.md"


def test_a_run_replaces_its_part_and_leaves_the_others(path):
    report.write_report(path, "| first |", full=True)
    path.write_text(path.read_text() + "\nAnother part.\n")

    report.write_report(path, "| second |", full=True)

    told = path.read_text()
    assert told.startswith(report.HEADING)
    assert "| second |" in told
    assert "| first |" not in told
    assert told.endswith("Another part.\n")


def test_a_report_that_had_no_experiments_gets_them(path):
    path.write_text("Another part.\n")

    report.write_report(path, "| first |", full=False)

    assert path.read_text().startswith("Another part.\n")
    assert "| first |" in path.read_text()


def test_every_experiment_has_a_row_also_one_that_was_not_run():
    told = report.told_of([ROW], EVERY)

    assert f"1 of {len(EVERY)} experiments kept every promise, with their controls found" in told
    assert "| 1 | kills | P5 | 7 | 2 | 40 | kept | 0 | 0 | 0 | 0 | 0 | the fence | found: P5 (1) | 120 |" in told
    assert told.count("| not run |") == len(EVERY) - 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (replace(ROW, control=KEPT), "**NOT FOUND**: nothing"),
        (replace(ROW, outcome=replace(KEPT, promises={"P1": ["lost"]})), "**BROKEN**: P1 (1)"),
        (replace(ROW, outcome=Outcome(seed=7, noted="not exercised: nobody died")), "**not exercised: nobody died**"),
    ],
)
def test_what_went_wrong_is_said_and_is_not_ok(row, said):
    assert said in report.table([row])
    assert not row.ok


async def test_a_run_goes_on_after_what_ended_unless_its_seed_or_length_is_another(tmp_path):
    given = Namespace(states=tmp_path / "out", seed=7, full=False, resume=True, report=None)
    given.only, given.quick = ["1", "2"], False

    async def made():
        return ROW

    await Course(given, lambda *_, **__: None).took(made())

    assert Course(given, print).wanted == [2]
    assert Course(given, print).ordered() == [ROW]
    again = Course(Namespace(**{**vars(given), "resume": False, "only": ["2"]}), print)
    assert (again.wanted, again.ordered()) == ([2], [ROW])
    assert Course(Namespace(**{**vars(given), "seed": 8}), print).wanted == [1, 2]
    assert Course(Namespace(**{**vars(given), "full": True}), print).wanted == [1, 2]
