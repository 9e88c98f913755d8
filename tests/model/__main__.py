"""Searches every scene and every mutant and prints what was found: `python -m tests.model [--scene NAME]`."""

import argparse

from tests.model.scenes import MUTANTS, SCENES, searched


def main():
    """Print states, depth and seconds of CPU; then each mutant's shortest counterexample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", choices=SCENES, help="this one alone, with its mutants")
    asked = parser.parse_args().scene
    for name, scene in SCENES.items():
        if asked in {None, name}:
            found = searched(scene)
            print(f"{name}: {found.states} states, depth {found.depth}, {found.seconds:.1f} s", flush=True)
            print(found.told() if found.wrong else "    every promise is kept in each of them")
    for mutant in MUTANTS:
        if asked in {None, mutant.scene}:
            found = mutant.searched()
            print(f"\n{mutant.off} ({mutant.scene}, {found.states} states, {found.seconds:.1f} s)", flush=True)
            print(found.told() if found.wrong else "    NOT FOUND")


if __name__ == "__main__":
    main()
