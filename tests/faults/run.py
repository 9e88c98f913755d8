"""Runs the experiments and prints one row each: `python -m tests.faults.run --only 3 --seed 5 --json`.

What each came to is written into a state file when it ended; `--resume` goes on after those that are in it, and
`--only` puts its own beside them.
"""

import argparse
import asyncio
import json
import logging
import sys
import time
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path

from deploy.local.kafka import find_kafka
from tests.faults import modelled
from tests.faults.beyond import NotPermittedError
from tests.faults.experiments import EXPERIMENTS
from tests.faults.outcomes import Outcome, Row, row_of
from tests.faults.report import table, told_of, write_report

STATES = Path("tests/out")
EVERY = [*((one.number, one.what) for one in EXPERIMENTS), (modelled.NUMBER, modelled.WHAT)]
NUMBERS = [str(number) for number, _ in EVERY]


class Course:
    """The rows so far: each is written down as it ends, and how far it is is said before each."""

    def __init__(self, arguments, say):
        self._arguments, self._say = arguments, say
        self._state = arguments.states / f"faults-{'full' if arguments.full else 'short'}-{arguments.seed}.json"
        self.rows = _read(self._state) if arguments.resume or arguments.only else {}
        self.wanted = [number for number in _wanted(arguments) if not (arguments.resume and number in self.rows)]
        self._began, self._done = time.monotonic(), 0

    async def took(self, row_made):
        """Say how far it is, wait for a row, and keep it."""
        minutes = (time.monotonic() - self._began) / 60
        self._say(f"[{self._done + 1} of {len(self.wanted)}, {minutes:.0f} min]", end=" ")
        row = await row_made
        self._done += 1
        self.rows[row.number] = row
        _write(self._state, self.ordered())
        self.report()

    def report(self):
        """Write the report, if there is to be one."""
        if self._arguments.report:
            write_report(self._arguments.report, told_of(self.ordered(), EVERY), full=self._arguments.full)

    def ordered(self):
        """The rows in the order of the table."""
        return [self.rows[number] for number, _ in EVERY if number in self.rows]


def _wanted(arguments):
    """Those that were named; else all, or only those that are quick."""
    if arguments.only:
        return [number for number, _ in EVERY if str(number) in arguments.only]
    quick = {one.number for one in EXPERIMENTS if one.quick}
    return [number for number, _ in EVERY if number in quick or not arguments.quick]


def _read(path):
    """What ended before, by number."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rows = [Row(**one | {name: Outcome(**one[name]) for name in ("outcome", "control")}) for one in kept]
    return {row.number: row for row in rows}


def _write(path, rows):
    """Write all or nothing: a kill in the middle leaves the file as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    draft.replace(path)


async def _run(course, arguments, say):
    """Each rig is opened once, for all that stand on it."""
    wanted = [one for one in EXPERIMENTS if one.number in course.wanted]
    for ground, group in groupby(sorted(wanted, key=lambda one: one.ground.__name__), key=lambda one: one.ground):
        standing = list(group)
        try:
            await _on(ground, standing, course, arguments, say)
        except NotPermittedError as reason:
            say(f"{', '.join(str(one.number) for one in standing)}: skipped, for it is not permitted here: {reason}")
    if modelled.NUMBER in course.wanted:
        await course.took(asyncio.to_thread(modelled.model_row, arguments.seed, say))


async def _on(ground, standing, course, arguments, say):
    async with ground(postgres=arguments.postgres) as rig:
        for one in standing:
            await course.took(row_of(rig, one, arguments.seed, say, full=arguments.full))


async def main(arguments):
    """Run what was asked for; 1 when a promise was broken or a control not found."""
    say = partial(print, file=sys.stderr if arguments.json else sys.stdout, flush=True)
    course = Course(arguments, say)
    await _run(course, arguments, say)
    course.report()
    rows = course.ordered()
    if arguments.json:
        print(json.dumps([asdict(row) | {"ok": row.ok, "found": row.found} for row in rows]))
    else:
        print(f"\n{table(rows)}")
    return 0 if all(course.rows[number].ok for number in course.wanted if number in course.rows) else 1


def _arguments():
    parser = argparse.ArgumentParser(prog="tests.faults.run", description=__doc__)
    parser.add_argument("--only", action="append", choices=NUMBERS, help="this experiment; may be given again")
    parser.add_argument("--quick", action="store_true", help="only those that take little time")
    parser.add_argument("--full", action="store_true", help="faults as long and as often as in life")
    parser.add_argument("--resume", action="store_true", help="go on after those that are in the state file")
    parser.add_argument("--states", type=Path, default=STATES, help="the folder of state files")
    parser.add_argument("--report", type=Path, help="a Markdown file into which the table goes too")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--postgres", choices=("embedded", "debian"), default="embedded")
    parser.add_argument("--json", action="store_true", help="the rows as one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if find_kafka() is None:
        sys.exit("Apache Kafka is not here: python -m deploy.local.kafka fetch")
    sys.exit(asyncio.run(main(_arguments())))
