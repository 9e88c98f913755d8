"""The long run: `python -m tests.faults.longrun --kills 1000 --piece-minutes 9 --resume`, in pieces, from a state file.

Each piece has a seed, a broker, a database and a ledger of its own, and is checked before the next begins. What a piece
came to is written down when it ended; one that is broken off is played again from its seed.
"""

import argparse
import asyncio
import json
import logging
import sys
from functools import partial
from pathlib import Path

from deploy.local.kafka import find_kafka
from tests.faults.longrun_report import told_of
from tests.faults.patches import PATCHES
from tests.faults.piece import FOR_THE_END_S, Limits, Piece, kept, piece, told
from tests.faults.rig import opened_rig

STATE = Path("tests/out/longrun.json")
REPORT = Path(__file__).with_name("LONGRUN.md")
FIRST_SEED = 1


def read_state(path):
    """The pieces that ended before."""
    return [Piece(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def write_state(path, pieces):
    """Write all or nothing: a kill in the middle leaves the file as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([kept(one) for one in pieces], indent=1), encoding="utf-8")
    draft.replace(path)


def killed(pieces):
    """How many kills there were."""
    return sum(sum(one.kills.values()) for one in pieces)


async def main(arguments):
    """Play pieces until there were enough kills; 1 when the checker found anything."""
    say = partial(print, flush=True)
    pieces = read_state(arguments.state) if arguments.resume else []
    last = len(pieces) + arguments.pieces if arguments.pieces else sys.maxsize
    while killed(pieces) < arguments.kills and len(pieces) < last:
        seed = arguments.seed + len(pieces)
        say(f"piece {len(pieces) + 1}, seed {seed}; {killed(pieces)} of {arguments.kills} kills so far")
        pieces.append(await _played(seed, arguments, arguments.kills - killed(pieces), say))
        say(f"   {told(pieces[-1])}")
        write_state(arguments.state, pieces)
        if not arguments.without:
            REPORT.write_text(told_of(pieces, arguments.kills), encoding="utf-8")
    return 0 if all(one.sound for one in pieces) else 1


async def _played(seed, arguments, kills, say):
    limits = Limits(seconds=arguments.piece_minutes * 60 - FOR_THE_END_S, kills=kills)
    async with opened_rig(postgres=arguments.postgres) as rig:
        return await piece(rig, seed, limits, say, patches=arguments.without)


def _arguments():
    parser = argparse.ArgumentParser(prog="tests.faults.longrun", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--piece-minutes", type=float, default=9.0)
    parser.add_argument("--pieces", type=int, help="so many pieces now, and the others another time")
    parser.add_argument("--resume", action="store_true", help="go on after the pieces of the state file")
    parser.add_argument("--state", type=Path, default=STATE)
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first piece; each next has the next")
    parser.add_argument("--without", action="append", choices=PATCHES, default=[], help="a mechanism to switch off")
    parser.add_argument("--postgres", choices=("embedded", "debian"), default="embedded")
    return parser.parse_args()


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if find_kafka() is None:
        sys.exit("Apache Kafka is not here: python -m deploy.local.kafka fetch")
    sys.exit(asyncio.run(main(_arguments())))
