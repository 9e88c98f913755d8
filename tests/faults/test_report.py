"""The report of a run replaces its own part of the file and no other."""

from tests.faults import report


def test_a_run_replaces_its_part_and_leaves_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "_machine", lambda: "A machine.")
    path = tmp_path / "REPORT.md"
    report.write_report(path, "| first |", seconds=60, full=True)
    path.write_text(path.read_text() + "\nAnother part.\n")

    report.write_report(path, "| second |", seconds=120, full=True)

    told = path.read_text()
    assert told.startswith(report.HEADING)
    assert "| second |" in told
    assert "| first |" not in told
    assert told.endswith("Another part.\n")


def test_a_report_that_had_no_experiments_gets_them(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "_machine", lambda: "A machine.")
    path = tmp_path / "REPORT.md"
    path.write_text("Another part.\n")

    report.write_report(path, "| first |", seconds=60, full=False)

    assert path.read_text().startswith("Another part.\n")
    assert "| first |" in path.read_text()
