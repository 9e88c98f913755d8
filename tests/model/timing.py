"""Timekeepers: what is due is read, decided and fired, while commands set and cancel; and the clock."""

from tests.model.keeping import Kept, decide, keep
from tests.model.world import Keeper, put


def keep_time(scene, state):
    """Each timekeeper takes its next step; two of them are one that was frozen and the one that took over."""
    for number, keeper in enumerate(state.keepers):
        yield from STEPS[keeper.phase](scene, state, number, keeper)
        if keeper.phase != "free" and state.faults:
            yield f"kill timekeeper {number}", True, _keepers(state, number, Keeper())._replace(faults=state.faults - 1)


def _free(scene, state, number, keeper):
    if state.timer and state.timer[1] <= state.now:
        due = Keeper("due", state.timer[0])
        yield f"due timekeeper {number} reads generation {state.timer[0]}", False, _keepers(state, number, due)


def _due(scene, state, number, keeper):
    plan, state = decide(scene, state, (), fired=keeper.generation)
    yield (
        f"decide_fire timekeeper {number}",
        False,
        _keepers(state, number, keeper._replace(phase="decided", plan=plan)),
    )


def _decided(scene, state, number, keeper):
    verdict, after = keep(scene, state, keeper.plan)
    if verdict is Kept.KEPT:
        yield f"fire timekeeper {number}", False, _keepers(after, number, Keeper())
        return
    # Decided again a few times, then what is due is read anew.
    yield f"decide_fire_again timekeeper {number}", False, _keepers(state, number, Keeper("due", keeper.generation))
    yield f"give_up timekeeper {number}", False, _keepers(state, number, Keeper())


STEPS = {"free": _free, "due": _due, "decided": _decided}


def tick(scene, state):
    """The clock moves on to where a deferred timer is due."""
    if scene.keepers and not state.now:
        yield "tick", False, state._replace(now=1)


def _keepers(state, number, keeper):
    return state._replace(keepers=put(state.keepers, number, keeper))
