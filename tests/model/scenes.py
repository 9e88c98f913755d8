"""The scenes that are searched whole, and the mutants that must be found in them."""

from dataclasses import dataclass, field, replace
from functools import partial

from tests.model import promises, relaying, taking, timing
from tests.model.searching import Search
from tests.model.world import Message, Off, Scene, beginning

MOVES = (
    *(taking.send, taking.work, taking.kill_database, taking.submit),
    *(relaying.relay, relaying.lose_broker, timing.keep_time, timing.tick),
)


class Model:
    """A scene with its moves and promises, as the search asks for them."""

    def __init__(self, scene):
        self._scene = scene
        self.wrong = partial(promises.broken, scene)
        self.at_rest = partial(promises.resting, scene)

    def steps(self, state):
        """Every action that may come next."""
        for move in MOVES:
            yield from move(self._scene, state)


INTAKE = Scene(
    messages={"m1": Message(0, "open"), "m2": Message(0, "open"), "m3": Message(1, "open")},
    sent=(("m1", "m2", "m3"),),
    cases=2,
    workers=2,
    resends=1,
    faults=4,
)
RECEIPTS = Scene(
    messages={"m1": Message(0, "open"), "m2": Message(0, "open")},
    sent=(("m1", "m2"),),
    resends=1,
    workers=2,
    relays=1,
    faults=1,
)
RELAYS = Scene(
    messages={"f1": Message(0, "open"), "f2": Message(0, "open"), "f3": Message(1, "open")},
    forms=("f1", "f2", "f3"),
    cases=2,
    shards=2,
    relays=2,
    faults=1,
)
REFILL = Scene(
    messages={"f1": Message(0, "open"), "f2": Message(0, "open")},
    forms=("f1", "f2"),
    relays=2,
    faults=2,
    losses=1,
)
TIMERS = Scene(
    messages={name: Message(0, name) for name in ("start", "defer", "cancel")},
    sent=(("start",),),
    forms=("defer", "cancel"),
    workers=1,
    keepers=2,
    faults=2,
)
PLACES = Scene(
    messages={"b1": Message(0, "book"), "b2": Message(1, "book")},
    sent=(("b1",), ("b2",)),
    cases=2,
    workers=2,
    faults=4,
)
SCENES = {
    "intake": INTAKE,
    "receipts": RECEIPTS,
    "relays": RELAYS,
    "refill": REFILL,
    "timers": TIMERS,
    "places": PLACES,
}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A mechanism taken away, the scene in which that shows, made smaller by `scale`, and the promise that breaks."""

    off: Off
    scene: str
    breaks: str
    scale: dict[str, int] = field(default_factory=dict)

    def smaller(self):
        """Its scene, just large enough to show it."""
        return replace(SCENES[self.scene], **{"faults": 0, **self.scale})

    def searched(self):
        """Search that scene with the mechanism off."""
        return searched(self.smaller(), {self.off})


ONE_FAULT = {"faults": 1}
MUTANTS = (
    Mutant(off=Off.POSITION_CAS, scene="intake", breaks="P5", scale=ONE_FAULT),
    Mutant(off=Off.ONE_TRANSACTION, scene="intake", breaks="P6", scale=ONE_FAULT),
    Mutant(off=Off.ASKING_SQL, scene="intake", breaks="P6", scale=ONE_FAULT),
    Mutant(off=Off.MEMORY, scene="receipts", breaks="P1"),
    Mutant(off=Off.COMMIT_FIRST, scene="receipts", breaks="P3", scale=ONE_FAULT),
    Mutant(off=Off.ACK_FIRST, scene="receipts", breaks="P3", scale=ONE_FAULT),
    Mutant(off=Off.WHAT_IS_LEFT, scene="relays", breaks="P3", scale={"shards": 1, "relays": 1}),
    Mutant(off=Off.VERSION_GUARD, scene="relays", breaks="P2"),
    Mutant(off=Off.EPOCH, scene="refill", breaks="P3"),
    Mutant(off=Off.NEW_EPOCH, scene="refill", breaks="P3"),
    Mutant(off=Off.GENERATION, scene="timers", breaks="P7"),
    Mutant(off=Off.CLAIM_GUARD, scene="places", breaks="over capacity"),
)


def searched(scene, off=()):
    """Search a scene whole, or to the first state that is wrong."""
    told = replace(scene, off=frozenset(off))
    return Search(Model(told)).run(beginning(told))
