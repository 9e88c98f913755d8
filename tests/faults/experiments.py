"""The experiments as a table: what is done to a scene, and the control that takes the mechanism away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.faults import (
    causing,
    causing_bloat,
    causing_broker,
    causing_copies,
    causing_database,
    causing_disk,
    causing_parting,
    causing_rebalances,
    causing_time,
    causing_upgrade,
    poison,
)
from tests.faults.rig import opened_beyond, opened_cluster, opened_replicated, opened_rig


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
        number="5b",
        what="PostgreSQL lost for good, its replica promoted, the old one started again",
        ground=opened_replicated,
        run=causing_copies.promoted,
        control=Control(
            mechanism="a commit on the replica's disk before it is told",
            breaks="P8",
            patches=(),
            run=causing_copies.promoted_although_behind,
        ),
    ),
    Experiment(
        number="5c",
        what="PostgreSQL lost for good, a backup put back while the topics are ahead",
        run=causing_copies.restored,
        control=Control(
            mechanism="topics made anew and filled again",
            breaks="P3",
            patches=(),
            run=causing_copies.restored_onto_old_topics,
        ),
    ),
    Experiment(
        number=6,
        what="a backend killed at, or failed by, its n-th fdatasync",
        run=causing_disk.failing_disk,
        control=Control(
            mechanism="a commit on disk before it is told",
            breaks="P8",
            patches=(),
            run=causing_disk.failing_disk_unheeded,
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
        number=9,
        what="a storm of rebalances: workers join and leave all the time",
        run=causing_rebalances.storm,
        control=Control(
            mechanism="compare-and-set of the position",
            breaks="P5",
            patches=("no_fence",),
            run=causing_rebalances.storm_without_fence,
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
    Experiment(
        number=13,
        what="the clock put back under due timers, leaps over summer time, 10,000 timers due at once",
        run=causing_time.leaps,
        control=Control(
            mechanism="a timer judged by the clock of the transaction that fires it",
            breaks="P7",
            patches=("fired_unjudged",),
            run=causing_time.put_back_shortly,
        ),
    ),
    Experiment(
        number=14,
        what="deaths around the firing of a timer, a timekeeper that wakes too late, cancellation meanwhile",
        run=causing_time.deaths_around_firing,
        control=Control(
            mechanism="removal of a timer in the transaction that fires it",
            breaks="P7",
            patches=("fired_apart",),
            run=causing_time.death_between_fire_and_removal,
        ),
    ),
    Experiment(
        number=15,
        what="a rolling upgrade with live cases: the migration dies half way, old and new workers side by side",
        run=causing_upgrade.upgraded,
        control=Control(
            mechanism="a migration in one transaction",
            breaks="P6",
            patches=(),
            run=causing_upgrade.half_upgraded,
        ),
    ),
)
