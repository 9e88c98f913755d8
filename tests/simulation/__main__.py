"""Plays schedules: `python -m tests.simulation --schedules 200`, `--seed N --trace`, `--controls`."""

import argparse
import sys

from tests.simulation.patches import MECHANISMS, without
from tests.simulation.play import play

EVERY = 250


def main():
    """Exit with 1 when a promise was broken, or a control was not found."""
    asked = _asked()
    if asked.seed is not None:
        played = play(asked.seed, print if asked.trace else None)
        print(played.told())
        return 0 if played.sound else 1
    if asked.controls:
        found = [_control(name, range(asked.first, asked.first + asked.schedules)) for name in MECHANISMS]
        return 0 if all(found) else 1
    return _many(range(asked.first, asked.first + asked.schedules))


def _asked():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="play this schedule alone")
    parser.add_argument("--trace", action="store_true", help="print each call and each fault of it")
    parser.add_argument("--schedules", type=int, default=200, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--controls", action="store_true", help="with each mechanism taken away in turn, until found")
    return parser.parse_args()


def _many(seeds):
    broken, cpu_s, turns = [], 0.0, 0
    for count, seed in enumerate(seeds, start=1):
        played = play(seed)
        cpu_s, turns = cpu_s + played.cpu_s, turns + played.turns
        if not played.sound:
            broken.append(seed)
            print(f"{played.told()}\nagain: python -m tests.simulation --seed {seed} --trace", flush=True)
        if count % EVERY == 0 or count == len(seeds):
            print(f"{count} of {len(seeds)} schedules, {len(broken)} broken, {cpu_s:.0f} s of CPU", flush=True)
    print(f"{turns} callbacks in {len(seeds)} schedules; broken: {broken or 'none'}")
    return 1 if broken else 0


def _control(name, seeds):
    with without(name):
        for count, seed in enumerate(seeds, start=1):
            played = play(seed)
            if not played.sound:
                promises = ", ".join(played.broken) or "over capacity"
                print(f"without {name}: found in schedule {count} (seed {seed}) by {promises}", flush=True)
                return True
    print(f"without {name}: NOT FOUND in {len(seeds)} schedules", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
