"""`make bench`: every benchmark, each a piece of at most ten minutes; REPORT.md is written from what was measured last.

python -m tests.bench.all --only curve,replay      these now; the report keeps what the others found before
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.bench import curve, england, held, recovery, replay
from tests.bench import report as quick
from tests.bench.peers import __main__ as peers
from tests.bench.run import Options, bench

HERE = Path(__file__).parent
FIGURES, REPORT, BARS = HERE / "figures", HERE / "REPORT.md", HERE / "bars.md"
LETTERS = dict(zip("abcdefg", ("curve", "pipe", "peers", "held", "replay", "recovery", "england"), strict=True))


async def _pipe():
    return await bench(Options(rounds=5))


async def _peers():
    return await peers.race(peers.parser().parse_args([]))


def _quick_table(made):
    return f"```\n{quick.table(made)}\n```"


# name -> what it asks, how it is measured, and how it is told
BENCHES = {
    "curve": ("How late is the receipt, at which load?", curve.measure, curve.table),
    "pipe": ("How far is the engine from a bare pipe of the same bytes?", _pipe, _quick_table),
    "peers": ("What do peers take for the same four commands?", _peers, peers.table),
    "held": ("What does an event cost when many cases are held?", held.measure, held.table),
    "replay": ("How fast is everything verified?", replay.measure, replay.table),
    "recovery": ("How long does nothing move after kill -9?", recovery.measure, recovery.table),
    "england": ("What would a year's incidents of a country take?", england.measure, england.table),
}


def main(arguments):
    """Measure what was asked for, write the report, and print what was measured; JSON is the last line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.all", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="names or letters: " + ", ".join(LETTERS.values()))
    asked = [LETTERS.get(name, name) for name in parser.parse_args(arguments).only.split(",") if name] or list(BENCHES)
    if unknown := set(asked) - set(BENCHES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    FIGURES.mkdir(exist_ok=True)
    for name in asked:
        made = asyncio.run(BENCHES[name][1]())
        (FIGURES / f"{name}.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        print(BENCHES[name][2](made), file=sys.stderr)
        REPORT.write_text(report(_kept()), encoding="utf-8")
    print(json.dumps({name: made for name, made in _kept().items() if name in asked}))


def _kept():
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIGURES.glob("*.json"))}


def report(kept):
    """The whole report, from the figures of each benchmark that was ever run. Pure."""
    parts = ["# What was measured", "", HEAD, ""]
    for letter, name in LETTERS.items():
        question, _, told = BENCHES[name]
        if name in kept:
            load = kept[name].get("load_average_before", kept[name].get("load_average"))
            parts += [
                f"## ({letter}) {question}",
                "",
                told(kept[name]),
                "",
                f"Load average of the machine: {load}.",
                "",
            ]
    return "\n".join([*parts, BARS.read_text(encoding="utf-8")])


HEAD = """\
Written by `make bench` from `figures/` and `bars.md`; README.md says how each figure is to be read. Where the load
average is above one, others were at work on the same two cores: then times say little, and CPU a unit of work is to be
compared."""


if __name__ == "__main__":
    main(sys.argv[1:])
