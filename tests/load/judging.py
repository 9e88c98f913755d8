"""What a run of load has shown, from the ledger of what was acknowledged and from what the database kept."""

import csv
import json
from dataclasses import dataclass

PAGE_P95_MS = 100
MOST_P95_MS = 1000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One address: how often it was asked for, how often in vain, and how long it took in milliseconds."""

    name: str
    asked: int
    failed: int
    p50: float
    p95: float
    p99: float
    most: float


def acknowledged(ledger):
    """Each (source, id) that somebody was told is kept; a line that the end of the run cut off told nobody anything."""
    lines = ledger.read_text(encoding="utf-8").split("\n")[:-1]
    return {(one["source"], one["id"]) for one in map(json.loads, lines)}


def rows_of(statistics):
    """The rows that locust wrote, the sum of them last."""
    with statistics.open(encoding="utf-8", newline="") as lines:
        return [_row(line) for line in csv.DictReader(lines)]


def verdict(missing, rows):
    """Sentences about the run, and whether it passes."""
    pages = [row for row in rows if "/api/" not in row.name and row.name != "all"]
    slow = [row for row in pages if row.p95 > PAGE_P95_MS]
    told = [f"acknowledged and missing: {len(missing)}"]
    told += [f"slower than {PAGE_P95_MS} ms at p95: {row.name} ({row.p95:.0f} ms)" for row in slow]
    failed = sum(row.failed for row in rows if row.name == "all")
    told.append(f"answers that were failures: {failed}")
    return told, not missing and not failed and all(row.p95 <= MOST_P95_MS for row in pages)


def table(rows):
    """The rows in Markdown."""
    head = ["| address | asked | failed | p50 ms | p95 ms | p99 ms | most ms |", "|---|---|---|---|---|---|---|"]
    told = [
        (row.name, row.asked, row.failed, *(f"{one:.0f}" for one in (row.p50, row.p95, row.p99, row.most)))
        for row in rows
    ]
    return "\n".join([*head, *(f"| {' | '.join(map(str, one))} |" for one in told)])


def _row(line):
    return Row(
        name="all" if line["Name"] == "Aggregated" else f"{line['Type']} {line['Name']}",
        asked=int(line["Request Count"]),
        failed=int(line["Failure Count"]),
        p50=float(line["50%"]),
        p95=float(line["95%"]),
        p99=float(line["99%"]),
        most=float(line["Max Response Time"]),
    )
