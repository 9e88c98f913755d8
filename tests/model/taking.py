"""Senders and workers: sent until receipted, read in batches, decided, kept; taken over, frozen, killed, cut off."""

from tests.model.keeping import Kept, decide, keep, moved
from tests.model.world import Hand, Off, put


def send(scene, state):
    """A sender appends its next message to its partition, or one again whose receipt it has not seen."""
    for partition, waiting in enumerate(state.unsent):
        if waiting:
            log = put(state.inbound, partition, (*state.inbound[partition], waiting[0]))
            left = put(state.unsent, partition, waiting[1:])
            yield f"send {waiting[0]}", False, state._replace(inbound=log, unsent=left)
    if not state.resends:
        return
    for partition, log in enumerate(state.inbound):
        for name in sorted(set(log) - state.receipted):
            again = put(state.inbound, partition, (*log, name))
            yield f"send_again {name}", True, state._replace(inbound=again, resends=state.resends - 1)


def work(scene, state):
    """Each worker takes its next step."""
    for number, hand in enumerate(state.workers):
        yield from STEPS[hand.phase](scene, state, number, hand)
        others = (one for other, one in enumerate(state.workers) if other != number and one.phase != "free")
        if hand.phase in {"asking", "holding"} and any(one.partition == hand.partition for one in others):
            yield f"revoke worker {number}", False, _hands(state, number, Hand())
        if hand.phase != "free" and state.faults:
            yield f"kill worker {number}", True, _hands(state, number, Hand())._replace(faults=state.faults - 1)


def _free(scene, state, number, hand):
    for partition in range(len(state.positions)):
        owned = any(one.phase != "free" and one.partition == partition for one in state.workers)
        asking = _hands(state, number, Hand("asking", partition))
        if not owned:
            yield f"assign {partition} to worker {number}", False, asking
        elif state.faults:  # the owner is frozen or cut off, is not told, and may go on
            yield f"take_over {partition} by worker {number}", True, asking._replace(faults=state.faults - 1)


def _asking(scene, state, number, hand):
    position = state.positions[hand.partition]
    yield (
        f"settle worker {number} at {position}",
        False,
        _hands(state, number, hand._replace(phase="holding", held=position)),
    )


def _holding(scene, state, number, hand):
    there = len(state.inbound[hand.partition]) - hand.held
    for count in range(1, min(there, scene.most) + 1):
        yield (
            f"fetch worker {number} takes {count}",
            False,
            _hands(state, number, hand._replace(phase="batch", count=count)),
        )


def _batch(scene, state, number, hand):
    names = state.inbound[hand.partition][hand.held : hand.held + hand.count]
    if Off.ONE_TRANSACTION in scene.off and state.positions[hand.partition] == hand.held:
        state = moved(state, hand)
    plan, state = decide(scene, state, names, partition=hand.partition, held=hand.held)
    yield (
        f"decide worker {number} {','.join(names)}",
        False,
        _hands(state, number, hand._replace(phase="decided", plan=plan)),
    )


def _decided(scene, state, number, hand):
    verdict, after = keep(scene, state, hand.plan)
    onward = Hand("holding", hand.partition, hand.held + hand.count)
    if verdict is Kept.STALE_POSITION:
        yield f"fence worker {number}", False, _hands(state, number, Hand())
        return
    if verdict is Kept.STALE_CASE:
        yield f"decide_again worker {number}", False, _hands(state, number, hand._replace(phase="batch", plan=None))
        return
    yield f"commit worker {number}", False, _hands(after, number, onward)
    if state.faults:
        # The answer to COMMIT is lost: kept or not, the worker cannot know.
        unsure = onward if Off.ASKING_SQL in scene.off else Hand("asking", hand.partition)
        for found, what in ((after, "kept"), (state, "not kept")):
            lost = _hands(found, number, unsure)._replace(faults=state.faults - 1)
            yield f"lose_answer worker {number}, {what}", True, lost


STEPS = {"free": _free, "asking": _asking, "holding": _holding, "batch": _batch, "decided": _decided}


def _hands(state, number, hand):
    return state._replace(workers=put(state.workers, number, hand))


def kill_database(scene, state):
    """PostgreSQL dies: every open transaction is rolled back, and its worker asks where it is."""
    opened = [number for number, hand in enumerate(state.workers) if hand.phase == "decided"]
    if not opened or not state.faults:
        return
    for number in opened:
        state = _hands(state, number, Hand("asking", state.workers[number].partition))
    yield "kill_database", True, state._replace(faults=state.faults - 1)


def submit(scene, state):
    """A form is decided and kept, in two steps between which anything may happen."""
    for number, (name, at) in enumerate(zip(scene.forms, state.forms, strict=True)):
        if at == "waiting":
            plan, after = decide(scene, state, (name,))
            yield f"decide_form {name}", False, after._replace(forms=put(state.forms, number, plan))
        elif at != "done":
            verdict, after = keep(scene, state, at)
            then = "done" if verdict is Kept.KEPT else "waiting"
            yield (
                f"commit_form {name}: {verdict.name.lower()}",
                False,
                after._replace(forms=put(state.forms, number, then)),
            )
