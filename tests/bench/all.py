"""`make bench`: the benchmarks, each a piece of at most ten minutes; REPORT.md is written from what was measured last.

python -m tests.bench.all --only curve,replay      these now; the report keeps what the others found before
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.bench import curve, england, held, recovery, replay, steady
from tests.bench import report as quick
from tests.bench.peers import __main__ as peers
from tests.bench.run import Options, bench

HERE = Path(__file__).parent
FIGURES, REPORT, BARS = HERE / "figures", HERE / "REPORT.md", HERE / "bars.md"
NAMES = ("curve", "pipe", "peers", "held", "replay", "recovery", "england", "steady")
LETTERS = dict(zip("abcdefgh", NAMES, strict=True))
AN_HOUR_EACH = {"steady"}
"""Only where they are asked for by name."""


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
    "steady": ("Does a worker's memory stay flat?", steady.measure, steady.table),
}


def main(arguments):
    """Measure what was asked for, write the report, and print what was measured; JSON is the last line."""
    options = _options(arguments)
    settings = {"held": {"sizes": options.cases}, "steady": {"minutes": options.minutes}}
    FIGURES.mkdir(exist_ok=True)
    for name in options.only:
        made = asyncio.run(BENCHES[name][1](**settings.get(name, {})))
        (FIGURES / f"{name}.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        print(BENCHES[name][2](made), file=sys.stderr)
        REPORT.write_text(report(_kept()), encoding="utf-8")
    print(json.dumps({name: made for name, made in _kept().items() if name in options.only}))


def _options(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.bench.all", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="names or letters: " + ", ".join(LETTERS.values()))
    parser.add_argument("--cases", default=held.SIZES, type=_sizes, help="how many are held in (d): 10000,1000000")
    parser.add_argument("--minutes", default=steady.MINUTES, type=float, help="how long (h) lasts")
    options = parser.parse_args(arguments)
    options.only = [LETTERS.get(name, name) for name in options.only.split(",") if name]
    options.only = options.only or [name for name in NAMES if name not in AN_HOUR_EACH]
    if unknown := set(options.only) - set(BENCHES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    return options


def _sizes(text):
    return tuple(sorted(map(int, text.split(","))))


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
