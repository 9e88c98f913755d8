"""Relays: a shard's lease with an epoch, what is left, its publication, its removal; and a broker that loses all."""

from tests.model.keeping import published
from tests.model.world import NOBODY, Off, Sweep, put


def relay(scene, state):
    """Each relay takes its next step."""
    for number, sweep in enumerate(state.relays):
        yield from STEPS[sweep.phase](scene, state, number, sweep)
        if sweep.phase != "free" and state.faults:
            dead = _sweeps(state, number, Sweep())._replace(faults=state.faults - 1)
            if state.leases[sweep.shard][0] == number:  # in time it falls free
                dead = dead._replace(leases=put(state.leases, sweep.shard, (NOBODY, state.leases[sweep.shard][1])))
            yield f"kill relay {number}", True, dead


def _free(scene, state, number, sweep):
    for shard, (holder, epoch) in enumerate(state.leases):
        mine = _sweeps(state, number, Sweep("held", shard, epoch + 1))
        mine = mine._replace(leases=put(state.leases, shard, (number, epoch + 1)))
        if holder == NOBODY:
            yield f"lease shard {shard} to relay {number}", False, mine
        elif holder == number:
            again = _sweeps(state, number, Sweep("held", shard, epoch))
            yield f"lease shard {shard} to relay {number} still", False, again
        elif state.faults:  # the holder was silent too long, is not told, and may go on
            yield f"take_lease shard {shard} by relay {number}", True, mine._replace(faults=state.faults - 1)


def _held(scene, state, number, sweep):
    yield f"sweep relay {number} again", False, _sweeps(state, number, Sweep())
    waiting = sorted(one for one in state.outbox if one[0] % scene.shards == sweep.shard)
    cursor = Off.WHAT_IS_LEFT in scene.off
    records = tuple(one for one in waiting if not cursor or one[3] > state.cursors[sweep.shard])
    if records:
        yield (
            f"read relay {number} finds {len(records)}",
            False,
            _sweeps(state, number, sweep._replace(phase="read", records=records)),
        )


def _read(scene, state, number, sweep):
    if Off.ACK_FIRST in scene.off:
        yield f"remove relay {number}", False, _removed(scene, state, number, sweep, "gone")
        return
    told = published(scene, state, sweep.records)
    yield f"publish relay {number}", False, _sweeps(told, number, sweep._replace(phase="sent"))
    if state.faults:
        for found, what in ((told, "appended"), (state, "refused")):
            unsure = _sweeps(found, number, Sweep("held", sweep.shard, sweep.epoch))
            yield f"lose_acknowledgement relay {number}, {what}", True, unsure._replace(faults=state.faults - 1)


def _sent(scene, state, number, sweep):
    yield f"remove relay {number}", False, _removed(scene, state, number, sweep, "held")


def _gone(scene, state, number, sweep):
    told = published(scene, state, sweep.records)
    yield f"publish relay {number}", False, _sweeps(told, number, Sweep("held", sweep.shard, sweep.epoch))


STEPS = {"free": _free, "held": _held, "read": _read, "sent": _sent, "gone": _gone}


def _removed(scene, state, number, sweep, then):
    if state.leases[sweep.shard][1] != sweep.epoch and Off.EPOCH not in scene.off:
        return _sweeps(state, number, Sweep())
    left = state.outbox - set(sweep.records)
    cursors = put(state.cursors, sweep.shard, max(one[3] for one in sweep.records))
    records = sweep.records if then == "gone" else ()
    after = _sweeps(state, number, Sweep(then, sweep.shard, sweep.epoch, records))
    return after._replace(outbox=left, cursors=cursors)


def _sweeps(state, number, sweep):
    return state._replace(relays=put(state.relays, number, sweep))


def lose_broker(scene, state):
    """The broker's contents are lost, its workers ended, all that was kept is queued again under new epochs.

    A removal that a relay had sent before it ended may still reach the database.
    """
    if not state.losses or not any(state.topic):
        return
    every = frozenset((case, sequence, name, 0) for case, of in enumerate(state.facts) for sequence, name in of)
    leases = state.leases
    if Off.NEW_EPOCH not in scene.off:
        leases = tuple((holder, epoch + 1) for holder, epoch in leases)
    relays = tuple(one if one.phase == "sent" else Sweep() for one in state.relays)
    ended = {number for number, one in enumerate(relays) if one.phase == "free"}
    leases = tuple((NOBODY if holder in ended else holder, epoch) for holder, epoch in leases)
    state = state._replace(relays=relays, leases=leases)
    empty = ((),) * scene.cases
    yield "lose_and_refill", True, state._replace(topic=empty, outbox=every, losses=state.losses - 1)
