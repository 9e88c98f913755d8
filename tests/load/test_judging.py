"""The judge of a load run: what is missing is found, what is slow is named, and either can fail a run."""

import json

from tests.load.judging import Row, acknowledged, rows_of, table, verdict

COLUMNS = "Type,Name,Request Count,Failure Count,Max Response Time,50%,95%,99%\n"


def a_row(name="GET /tasks", **changes):
    told = {"asked": 10, "failed": 0, "p50": 20, "p95": 60, "p99": 90, "most": 95} | changes
    return Row(name=name, **told)


def test_an_acknowledgement_that_the_database_does_not_hold_fails_the_run(tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    lines = [json.dumps({"source": "derbyshire-police", "id": name}) for name in ("kept", "lost")]
    ledger.write_text("\n".join([*lines, '{"source": "derbyshire-po']), encoding="utf-8")

    missing = acknowledged(ledger) - {("derbyshire-police", "kept")}

    assert missing == {("derbyshire-police", "lost")}
    assert verdict(missing, [a_row()]) == (["acknowledged and missing: 1", "answers that were failures: 0"], False)
    assert verdict(set(), [a_row()])[1]


def test_a_page_over_a_tenth_of_a_second_is_named_and_one_over_a_second_fails_the_run():
    late, too_late = a_row(p95=101), a_row(p95=1001)

    assert verdict(set(), [late]) == (
        [
            "acknowledged and missing: 0",
            "slower than 100 ms at p95: GET /tasks (101 ms)",
            "answers that were failures: 0",
        ],
        True,
    )
    assert not verdict(set(), [too_late])[1]
    assert verdict(set(), [a_row("POST /api/v1/referrals", p95=1001)])[1], "agencies are machines, and wait"


def test_a_failure_among_the_answers_fails_the_run():
    assert not verdict(set(), [a_row(), a_row("all", failed=1)])[1]


def test_what_locust_wrote_is_read_and_told_as_a_table(tmp_path):
    file = tmp_path / "stats.csv"
    file.write_text(COLUMNS + "GET,/tasks,7,1,95.5,20,60,90\n,Aggregated,7,1,95.5,20,60,90\n", encoding="utf-8")

    rows = rows_of(file)

    assert [row.name for row in rows] == ["GET /tasks", "all"]
    assert table(rows).splitlines()[2] == "| GET /tasks | 7 | 1 | 20 | 60 | 90 | 96 |"
