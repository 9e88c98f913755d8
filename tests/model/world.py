"""The modelled world: database, broker, processes and their memories, small enough to be searched whole."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Off(StrEnum):
    """Mechanisms that a mutant takes away."""

    POSITION_CAS = "no compare-and-set of the position"
    COMMIT_FIRST = "publish before commit"
    ACK_FIRST = "removal from the outbox before the acknowledgement"
    WHAT_IS_LEFT = "a cursor by id in the outbox"
    CLAIM_GUARD = "a claim without its guard"
    EPOCH = "a relay without the check of its epoch"
    NEW_EPOCH = "a refill that leaves the epochs as they are"
    GENERATION = "a timer without its generation"
    MEMORY = "no memory of message ids"
    ASKING_SQL = "decide from the exception of an ambiguous commit"
    VERSION_GUARD = "no guard of the case version"
    ONE_TRANSACTION = "the position in a transaction of its own, before the batch"


class Message(NamedTuple):
    """What a message does to its case: `open`, `book` the one place, `start`, `defer` or `cancel` the one timer."""

    case: int
    does: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Which parts take part, and how many of each; `faults` bounds all of them together."""

    messages: dict[str, Message]
    sent: tuple[tuple[str, ...], ...] = ()
    forms: tuple[str, ...] = ()
    resends: int = 0
    cases: int = 1
    shards: int = 1
    workers: int = 0
    relays: int = 0
    keepers: int = 0
    most: int = 2
    faults: int = 2
    losses: int = 0
    off: frozenset[Off] = frozenset()


class Plan(NamedTuple):
    """A transaction that was decided and is not kept yet: what it writes, and on what it was decided."""

    partition: int
    held: int
    count: int
    facts: tuple[tuple[int, int, str], ...] = ()
    answered: tuple[str, ...] = ()
    claims: tuple[int, ...] = ()
    timer: str = ""
    fired: int = 0
    first_id: int = 0


class Hand(NamedTuple):
    """A worker's memory of one partition: `asking`, `holding`, `batch`, `decided`; `free` holds none."""

    phase: str = "free"
    partition: int = 0
    held: int = 0
    count: int = 0
    plan: Plan | None = None


class Sweep(NamedTuple):
    """A relay's memory of one shard: `free`, `held` by an epoch, `read`, `sent` (acknowledged), `gone` (removed)."""

    phase: str = "free"
    shard: int = 0
    epoch: int = 0
    records: tuple[tuple[int, int, str, int], ...] = ()


class Keeper(NamedTuple):
    """A timekeeper's memory: `free`, `due` (a generation was read), `decided`."""

    phase: str = "free"
    generation: int = 0
    plan: Plan | None = None


class State(NamedTuple):
    """Everything: what the database has kept, what the brokers have, what each process remembers.

    `taken` and `ends` are watchers': the offsets that each partition's transactions took, and how each generation of
    the timer ended. `topic` holds a case's first copies; `outbox` is (case, sequence, what, id).
    """

    positions: tuple[int, ...]
    taken: tuple[tuple[int, ...], ...]
    seen: frozenset[str]
    facts: tuple[tuple[tuple[int, str], ...], ...]
    outbox: frozenset[tuple[int, int, str, int]]
    places: tuple[int, ...]
    timer: tuple[int, int] | None
    generations: int
    ends: tuple[tuple[int, str], ...]
    leases: tuple[tuple[int, int], ...]
    cursors: tuple[int, ...]
    ids: int
    now: int
    inbound: tuple[tuple[str, ...], ...]
    topic: tuple[tuple[tuple[int, str], ...], ...]
    receipted: frozenset[str]
    unsent: tuple[tuple[str, ...], ...]
    resends: int
    workers: tuple[Hand, ...]
    forms: tuple[Plan | str, ...]
    relays: tuple[Sweep, ...]
    keepers: tuple[Keeper, ...]
    faults: int
    losses: int


NOBODY = -1


def beginning(scene):
    """The state in which nothing was sent yet."""
    partitions = len(scene.sent)
    return State(
        positions=(0,) * partitions,
        taken=((),) * partitions,
        seen=frozenset(),
        facts=((),) * scene.cases,
        outbox=frozenset(),
        places=(),
        timer=None,
        generations=0,
        ends=(),
        leases=((NOBODY, 0),) * scene.shards,
        cursors=(0,) * scene.shards,
        ids=0,
        now=0,
        inbound=((),) * partitions,
        topic=((),) * scene.cases,
        receipted=frozenset(),
        unsent=scene.sent,
        resends=scene.resends,
        workers=(Hand(),) * scene.workers,
        forms=("waiting",) * len(scene.forms),
        relays=(Sweep(),) * scene.relays,
        keepers=(Keeper(),) * scene.keepers,
        faults=scene.faults,
        losses=scene.losses,
    )


def put(row, index, value):
    """The same row with another value at one place."""
    return (*row[:index], value, *row[index + 1 :])
