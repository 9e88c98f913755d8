"""The experiments as Markdown: machine, versions, one row an experiment, also for what was not run."""

import os
import platform
import subprocess
import time
from pathlib import Path

from deploy.local.kafka import find_kafka
from deploy.local.postgres_settings import embedded_binaries, major_version
from tests.faults.checking import PROMISES
from tests.faults.outcomes import COUNTS

BEGIN, END = "<!-- experiments: written by `make faults` -->", "<!-- end of experiments -->"
HEADING = "# Faults: what the last run came to\n"
HEAD = (
    *("#", "what is done", "invariant", "seed", "kills", "sent", "result"),
    *(name.replace("_", " ") for name in COUNTS),
    *("control: without", "its result", "s"),
)
LEGEND = """Each row is checked for all of P1 to P8 (they stand in the README of this folder); "invariant" names the one
that the fault aims at, which its control has to break. A control is the same fault with one mechanism switched off, so
what it came to is no fault of the engine. Seconds are those of both. A schedule is drawn from its seed:
`make faults-quick ARGS="--only 3 --full --seed 7"` plays it again."""


def write_report(path, told, *, full):
    """Put the experiments' part into the file; other parts of it stay as they are."""
    old = path.read_text(encoding="utf-8") if path.exists() else f"{HEADING}\n{BEGIN}\n{END}\n"
    if BEGIN not in old:
        old += f"\n{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    length = "at full length" if full else "shortened"
    path.write_text(f"{before}{BEGIN}\n{_machine()} Faults {length}.\n\n{told}\n{END}{after}", encoding="utf-8")


def told_of(rows, every):
    """A sentence, the table of `every` (number, what), run or not, and a line for each thing noted."""
    found = {row.number: row for row in rows}
    ok = sum(row.ok for row in rows)
    seconds = sum(row.outcome.seconds + row.control.seconds for row in rows)
    said = (
        f"**{ok} of {len(every)} experiments kept every promise, with their controls found**; "
        f"{len(every) - len(found)} not run. {seconds / 60:.0f} minutes."
    )
    noted = [f"- {row.number}: {row.outcome.noted}." for row in rows if row.outcome.noted]
    return "\n\n".join((said, LEGEND, table(rows, every), "\n".join(noted)))


def table(rows, every=None):
    """The rows as Markdown; those of `every` that are missing say that they were not run."""
    found = {row.number: row for row in rows}
    wanted = every or [(row.number, row.what) for row in rows]
    lines = [_cells(found[number]) if number in found else _not_run(number, what) for number, what in wanted]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (HEAD, ["---"] * len(HEAD), *lines))


def _cells(row):
    outcome, control = row.outcome, row.control
    found = (
        f"found: {_wrong(control)}" if row.found else f"**NOT FOUND**: {_wrong(control) or control.noted or 'nothing'}"
    )
    return (
        *(row.number, row.what, row.breaks, outcome.seed, outcome.kills, outcome.sent, _result(outcome)),
        *(getattr(outcome, name) for name in COUNTS),
        *(row.mechanism, found, f"{outcome.seconds + control.seconds:.0f}"),
    )


def _not_run(number, what):
    return (number, what, *["-"] * 4, "not run", *["-"] * (len(HEAD) - 7))


def _result(outcome):
    if not outcome.promises:
        return f"**{outcome.noted}**"
    return f"**BROKEN**: {_wrong(outcome)}" if outcome.broken else "kept"


def _wrong(outcome):
    return ", ".join(f"{name} ({len(outcome.promises[name])})" if name in PROMISES else name for name in outcome.broken)


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{time.strftime('%d %B %Y')}; {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.machine()}; Python {platform.python_version()}, PostgreSQL {major_version(embedded_binaries())}, "
        f"Apache Kafka {_kafka()}, {_java()}."
    )


def _kafka():
    jars = sorted(Path(find_kafka()).glob("kafka-server-common-*.jar"))
    return jars[0].stem.rpartition("-")[2] if jars else "of an unknown version"


def _java():
    told = subprocess.run(("java", "-version"), capture_output=True, text=True, check=False).stderr
    return told.splitlines()[0].replace('"', "").replace(" version", "") if told else "no Java"
