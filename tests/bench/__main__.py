"""`make bench-quick`: how fast, how late, at what cost, and how far from a bare pipe; JSON is the last line."""

import argparse
import asyncio
import json
import sys
from dataclasses import fields
from pathlib import Path

from tests.bench.report import notes, table
from tests.bench.run import Options, bench

LAST = Path(__file__).with_name("last.json")


def main(arguments):
    """Run the benchmark and print it; noise is no failure, so the exit status says nothing of speed."""
    asked = _parser().parse_args(arguments)
    known = {one.name for one in fields(Options)}
    options = Options(**{name: value for name, value in vars(asked).items() if name in known})
    made = asyncio.run(bench(options))
    if not asked.json:
        last = json.loads(LAST.read_text(encoding="utf-8"))
        print(table(made), *(f"note: {one}" for one in notes(made, last)), sep="\n", file=sys.stderr)
    line = json.dumps(made)
    if asked.land:
        LAST.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    print(line)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="how often each runs")
    parser.add_argument("--referrals", type=int, default=Options.referrals, help="how many a round")
    parser.add_argument("--seed", type=int, default=Options.seed, help="of the invented people")
    parser.add_argument(
        "--embedded", dest="kafka", action="store_false", help="not on Apache Kafka, even if it is here"
    )
    parser.add_argument("--json", action="store_true", help="the JSON alone, without the table")
    parser.add_argument("--land", action="store_true", help="keep the figures as the last landed ones")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
