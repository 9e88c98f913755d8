"""The experiments as a table: what is done to a scene, and the control that takes the mechanism away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.faults import causing, causing_bloat, causing_broker, causing_database, causing_parting, poison
from tests.faults.rig import opened_beyond, opened_cluster, opened_rig


@dataclass(frozen=True, kw_only=True)
class Control:
    """The same fault with its mechanism switched off: the checker must find the promise that this `breaks`."""

    mechanism: str
    breaks: str
    patches: tuple[str, ...]
    run: Callable


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One row of engine.md section 10; `run` raises NotExercisedError where the fault did not come about.

    `ground` opens the rig that it stands on; those that are not `quick` run when they are asked for, or all are.
    """

    number: int | str
    what: str
    run: Callable
    control: Control
    patches: Sequence[str] = field(default=())
    ground: Callable = opened_rig
    quick: bool = False


EXPERIMENTS = (
    Experiment(
        number=1,
        quick=True,
        what="kill -9 of workers at random, under load",
        run=causing.random_kills,
        control=Control(
            mechanism="position and batch in one transaction",
            breaks="P5",
            patches=("position_before_batch",),
            run=causing.random_kills_of_one,
        ),
    ),
    Experiment(
        number=2,
        quick=True,
        what="kill -9 at each named failpoint",
        run=causing.kills_at_failpoints,
        control=Control(
            mechanism="removal from the outbox after the acknowledgement",
            breaks="P3",
            patches=("outbox_before_ack",),
            run=causing.kill_before_publishing,
        ),
    ),
    Experiment(
        number=3,
        quick=True,
        what="SIGSTOP beyond session and lease, takeover, SIGCONT",
        run=causing.zombies,
        control=Control(
            mechanism="compare-and-set of the position",
            breaks="P5",
            patches=("no_fence",),
            run=causing.zombie_with_a_batch,
        ),
    ),
    Experiment(
        number=4,
        quick=True,
        what="connection cut at COMMIT, before or after PostgreSQL did it",
        run=causing.commits_cut,
        control=Control(
            mechanism="position asked of SQL after a lost answer",
            breaks="P5",
            patches=("commit_by_exception",),
            run=causing.commits_cut,
        ),
    ),
    Experiment(
        number=5,
        what="kill -9 of PostgreSQL again and again, under load by HTTP and by topic",
        run=causing_database.crashes,
        control=Control(
            mechanism="a commit on disk before it is told",
            breaks="P8",
            patches=(),
            run=causing_database.crashes_without_durable_commits,
        ),
    ),
    Experiment(
        number=7,
        what="kill -9 of the only broker under load, back after an outage",
        run=causing_broker.outages,
        control=Control(
            mechanism="removal from the outbox after the acknowledgement",
            breaks="P3",
            patches=("outbox_before_ack",),
            run=causing_broker.an_outage,
        ),
    ),
    Experiment(
        number="7b",
        what="one of three brokers lost for good, ahead of the others",
        ground=opened_cluster,
        run=causing_broker.loss,
        control=Control(
            mechanism="acknowledgement by two brokers",
            breaks="P3",
            patches=("acks_of_one",),
            run=causing_broker.loss_of_acknowledged,
        ),
    ),
    Experiment(
        number=8,
        what="a worker parted from the broker, and from the database, by pulling a cable",
        ground=opened_beyond,
        run=causing_parting.partings,
        control=Control(
            mechanism="compare-and-set of the position",
            breaks="P5",
            patches=("no_fence",),
            run=causing_parting.parting_with_a_batch,
        ),
    ),
    Experiment(
        number=10,
        quick=True,
        what="duplicates, replays, positions set back to zero, another cluster id",
        run=causing.replays,
        control=Control(mechanism="memory of message ids", breaks="P1", patches=("no_memory",), run=causing.a_replay),
    ),
    Experiment(
        number=11,
        quick=True,
        what="poison: broken JSON, wrong schema, 5 MB, null, a handler that raises",
        run=poison.poisoned,
        patches=("handlers_raise",),
        control=Control(
            mechanism="quarantine", breaks="P5", patches=("handlers_raise", "nothing_set_aside"), run=poison.poisoned
        ),
    ),
    Experiment(
        number=12,
        what="a transaction that holds xmin for minutes, and commits that come late",
        run=causing_bloat.snapshot_held,
        patches=("late_commits",),
        control=Control(
            mechanism="outbox read by what is left, not after an id",
            breaks="P3",
            patches=("late_commits", "outbox_by_cursor"),
            run=causing_bloat.snapshot_held_shortly,
        ),
    ),
)
