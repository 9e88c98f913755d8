"""Experiment 16, the model of `tests/model`, as a row like the others: its states, and its mutants."""

import time

from tests.faults.checking import PROMISES
from tests.faults.outcomes import Outcome, Row
from tests.model.scenes import MUTANTS, SCENES, searched

NUMBER, WHAT = 16, "the explicit-state model, searched whole"


def model_row(seed, say):
    """Search every scene, then every mutant."""
    say(f"{NUMBER}: {WHAT} ...")
    began = time.monotonic()
    found = {name: searched(scene) for name, scene in SCENES.items()}
    wrong = [f"{name}: {one.told()}" for name, one in found.items() if one.wrong]
    states = f"{sum(one.states for one in found.values()):,} states in {len(found)} scenes"
    outcome = Outcome(
        seed=seed,
        noted=states,
        promises={name: [one for one in wrong if f": {name}" in one] for name in PROMISES} | {"model": wrong},
        seconds=_since(began),
    )
    say(f"   {states}: {'; '.join(wrong) or 'every promise kept'}\n   its mutants ...")
    began = time.monotonic()
    missed = [mutant for mutant in MUTANTS if not (mutant.searched().wrong or "").startswith(mutant.breaks)]
    told = f"{len(MUTANTS) - len(missed)} of {len(MUTANTS)} mutants"
    control = Outcome(seed=seed, noted=told, promises={told: [told]}, seconds=_since(began))
    say(f"   {told} found")
    every = f"{len(MUTANTS)} of {len(MUTANTS)} mutants"
    return Row(
        number=NUMBER, what=WHAT, mechanism="each mechanism in turn", breaks=every, outcome=outcome, control=control
    )


def _since(began):
    return round(time.monotonic() - began, 1)
