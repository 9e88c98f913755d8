"""Runs the experiments and prints one row each: `python -m tests.faults.run --only 3 --seed 5 --json`."""

import argparse
import asyncio
import json
import logging
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from deploy.local.kafka import find_kafka
from tests.faults.beyond import NotPermittedError
from tests.faults.causing import NotExercisedError
from tests.faults.checking import PROMISES, check
from tests.faults.experiments import EXPERIMENTS
from tests.faults.report import write_report
from tests.faults.scene import opened_scene

CONTROL_PATIENCE_S = 12.0
SHOWN = 5


@dataclass(kw_only=True)
class Outcome:
    """What one run of an experiment, or of its control, came to."""

    seed: int
    kills: int = 0
    sent: int = 0
    noted: str = ""
    promises: dict
    lost: int = 0
    doubled: int = 0
    over_capacity: int = 0
    seconds: float = 0.0

    @property
    def broken(self):
        """The promises that were not kept."""
        return [name for name, wrong in self.promises.items() if wrong]


@dataclass(kw_only=True)
class Row:
    """An experiment and its control, which must break the promise `breaks`."""

    number: int | str
    what: str
    mechanism: str
    breaks: str
    outcome: Outcome
    control: Outcome

    @property
    def ok(self):
        """All promises kept, and the control found."""
        return not self.outcome.broken and not self.outcome.noted.startswith("not exercised") and self.found

    @property
    def found(self):
        """Whether the checker found what the control broke."""
        return self.breaks in self.control.broken


async def played(rig, name, run, *, seed, **options):
    """Run one fault on an emptied rig and check what is left; `options` are the scene's."""
    began = time.monotonic()
    async with opened_scene(rig, name, seed, **options) as scene:
        try:
            await run(scene)
            await scene.rests()
        except (NotExercisedError, TimeoutError) as not_exercised:
            return Outcome(seed=seed, promises={}, noted=f"not exercised: {not_exercised!r}")
        verdict = check(await scene.history())
        return Outcome(
            seed=seed,
            kills=scene.workers.kills + scene.deaths,
            sent=scene.senders.ledger.sent,
            noted=scene.noted,
            promises={name: list(wrong) for name, wrong in verdict.promises.items()},
            lost=verdict.lost,
            doubled=verdict.doubled,
            over_capacity=verdict.over_capacity,
            seconds=round(time.monotonic() - began, 1),
        )


async def row_of(rig, experiment, seed, say, *, full=False):
    """Run an experiment, then its control."""
    say(f"{experiment.number}: {experiment.what} ...")
    options = {"seed": seed, "patches": experiment.patches, "full": full}
    outcome = await played(rig, f"x{experiment.number}", experiment.run, **options)
    taken = experiment.control
    say(f"   {_told(outcome)}\n   control, without {taken.mechanism} ...")
    options = {"seed": seed, "patches": taken.patches, "patience_s": CONTROL_PATIENCE_S}
    control = await played(rig, f"x{experiment.number}-control", taken.run, **options)
    say(f"   {_told(control)}")
    return Row(
        number=experiment.number,
        what=experiment.what,
        mechanism=taken.mechanism,
        breaks=taken.breaks,
        outcome=outcome,
        control=control,
    )


def _told(outcome):
    if not outcome.promises:
        return outcome.noted
    wrong = [f"{name}: {one}" for name in outcome.broken for one in outcome.promises[name]]
    more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    found = "; ".join(wrong[:SHOWN]) + more if wrong else "every promise kept"
    noted = f" ({outcome.noted})" if outcome.noted else ""
    return f"{outcome.sent} sent, {outcome.kills} kills, {outcome.seconds:g} s{noted}: {found}"


def table(rows):
    """The rows as Markdown."""
    head = ("#", "what", "seed", "kills", "sent", *PROMISES, "lost", "doubled", "over", "control without", "found", "s")
    lines = [head, tuple("---" for _ in head), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _cells(row):
    outcome, control = row.outcome, row.control
    marks = [_mark(outcome, name) for name in PROMISES]
    found = "not run" if control is None else ", ".join(control.broken) or control.noted or "NOT FOUND"
    seconds = outcome.seconds + (control.seconds if control else 0)
    counts = (outcome.lost, outcome.doubled, outcome.over_capacity)
    return (
        row.number,
        row.what,
        outcome.seed,
        outcome.kills,
        outcome.sent,
        *marks,
        *counts,
        row.mechanism,
        found,
        f"{seconds:.0f}",
    )


def _mark(outcome, name):
    if not outcome.promises:
        return "-"
    return f"{len(outcome.promises[name])} WRONG" if outcome.promises[name] else "ok"


def _wanted(arguments):
    """Those that were named; else all, or all that are quick."""
    if arguments.only:
        return [one for one in EXPERIMENTS if str(one.number) in arguments.only]
    return [one for one in EXPERIMENTS if one.quick or arguments.full]


async def _rows(wanted, arguments, say):
    """Each rig is opened once, for all that stand on it; the rows come in the order of the table."""
    rows = {}
    for ground, group in groupby(sorted(wanted, key=lambda one: one.ground.__name__), key=lambda one: one.ground):
        standing = list(group)
        try:
            rows |= await _on(ground, standing, arguments, say)
        except NotPermittedError as reason:
            say(f"{', '.join(str(one.number) for one in standing)}: skipped, for it is not permitted here: {reason}")
    return [rows[one.number] for one in wanted if one.number in rows]


async def _on(ground, standing, arguments, say):
    async with ground(postgres=arguments.postgres) as rig:
        return {one.number: await row_of(rig, one, arguments.seed, say, full=arguments.full) for one in standing}


async def main(arguments):
    """Run what was asked for; 1 when a promise was broken or a control not found."""
    say = partial(print, file=sys.stderr if arguments.json else sys.stdout, flush=True)
    began = time.monotonic()
    rows = await _rows(_wanted(arguments), arguments, say)
    if arguments.json:
        print(json.dumps([asdict(row) | {"ok": row.ok, "found": row.found} for row in rows]))
    else:
        print(f"\n{table(rows)}")
    if arguments.report:
        noted = [f"{row.number}: {row.outcome.noted}." for row in rows if row.outcome.noted]
        write_report(
            arguments.report, "\n\n".join((table(rows), *noted)), seconds=time.monotonic() - began, full=arguments.full
        )
    return 0 if all(row.ok for row in rows) else 1


def _arguments():
    parser = argparse.ArgumentParser(prog="tests.faults.run", description=__doc__)
    numbers = [str(one.number) for one in EXPERIMENTS]
    parser.add_argument("--only", action="append", choices=numbers, help="this experiment; may be given again")
    parser.add_argument("--full", action="store_true", help="all of them, and faults as long as in life")
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
