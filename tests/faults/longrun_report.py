"""The long run as Markdown: sums first, then a row a piece, then how long it takes until work goes on. Pure."""

from collections import Counter, defaultdict
from statistics import median

from tests.faults.killing import KINDS

COUNTS = ("lost", "doubled", "out_of_order", "stuck", "over_capacity")
HEAD = """# The long run

Workers, portal, broker and database killed with SIGKILL at random, workers also in the middle of relaying and of
sending mail, under load by topic and by HTTP; after each piece the checker of this folder reads everything. Written by

    make faults-long ARGS="--kills {wanted} --piece-minutes 9 --resume"

"""
TAIL = """
A time is from the kill until work goes on: each partition of `case.commands` is read further, facts come out on their
topic and what waited in the outbox is out, or HTTP answers, or mail leaves: whichever the killed part has to do with.
Two of three kills are followed by the next at once, and have no time. Workers and portal are forked from a process that
has read everything in (`beginning.py`); to read it in takes another one to two seconds of CPU. "Undecided" are messages
that left or did not leave when a notifier died between the two; they are listed for a person and not sent again. "Own
exits" are workers that ended by themselves, as one does that lost its name, and were started again. "Load" is how many
processes wanted to run on the machine, others' too; far above the number of its cores, it is what the times measure.
"""


def told_of(pieces, wanted):
    """The whole file."""
    parts = (HEAD.format(wanted=wanted), _sums(pieces, wanted), _pieces(pieces), _times(pieces), TAIL, *_wrong(pieces))
    return "".join(parts)


def _sums(pieces, wanted):
    kills = sum(sum(one.kills.values()) for one in pieces)
    minutes = sum(one.seconds for one in pieces) / 60
    copies, sent = sum(one.copies for one in pieces), sum(one.sent for one in pieces)
    found = ", ".join(f"**{name.replace('_', ' ')} {sum(getattr(one, name) for one in pieces)}**" for name in COUNTS)
    return (
        f"{kills} of {wanted} kills in {len(pieces)} pieces, {minutes:.0f} minutes and "
        f"{sent:,} sendings: {found}.\n"
        f"Copies on topics beyond the first: {copies}, {copies / max(kills, 1):.1f} a kill.\n\n"
    )


def _pieces(pieces):
    head = (
        "piece",
        "seed",
        "s",
        "load",
        *KINDS,
        "not come about",
        "lives",
        "sent",
        *COUNTS,
        "copies",
        "undecided",
        "own exits",
    )
    rows = [_cells(number, one) for number, one in enumerate(pieces, start=1)]
    return _table([tuple(name.replace("_", " ") for name in head), *rows])


def _cells(number, one):
    kills = [one.kills.get(kind, 0) for kind in KINDS]
    counts = [getattr(one, name) for name in COUNTS]
    missed, seconds = sum(one.missed.values()), round(one.seconds)
    return (
        number,
        one.seed,
        seconds,
        one.load,
        *kills,
        missed,
        one.lives,
        one.sent,
        *counts,
        one.copies,
        one.undecided,
        one.exits,
    )


def _times(pieces):
    kills, times = Counter(), defaultdict(list)
    for one in pieces:
        kills.update(one.kills)
        for kind, seconds in one.times.items():
            times[kind] += seconds
    rows = [
        (kind, kills[kind], len(times[kind]), f"{median(times[kind]):.1f}", f"{max(times[kind]):.1f}")
        for kind in KINDS
        if times[kind]
    ]
    return "\n" + _table([("killed", "kills", "timed", "median s", "worst s"), *rows])


def _wrong(pieces):
    return [f"\nPiece {number}: {wrong}\n" for number, one in enumerate(pieces, start=1) for wrong in one.wrong]


def _table(lines):
    ruled = [lines[0], tuple("---" for _ in lines[0]), *lines[1:]]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in ruled)
