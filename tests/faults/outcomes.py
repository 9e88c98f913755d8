"""One experiment played, and its control: what each came to."""

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.causing import NotExercisedError
from tests.faults.checking import check
from tests.faults.scene import opened_scene

CONTROL_PATIENCE_S = 12.0
SHOWN = 5
COUNTS = ("lost", "doubled", "out_of_order", "stuck", "over_capacity")


@dataclass(kw_only=True)
class Outcome:
    """What one run of an experiment, or of its control, came to."""

    seed: int
    kills: int = 0
    sent: int = 0
    noted: str = ""
    promises: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    stuck: int = 0
    over_capacity: int = 0
    seconds: float = 0.0

    @property
    def broken(self):
        """The promises that were not kept."""
        return [name for name, wrong in self.promises.items() if wrong]


@dataclass(kw_only=True)
class Row:
    """An experiment and its control, which must break the promise `breaks`."""

    number: int | str
    what: str
    mechanism: str
    breaks: str
    outcome: Outcome
    control: Outcome

    @property
    def ok(self):
        """All promises kept, and the control found."""
        return bool(self.outcome.promises) and not self.outcome.broken and self.found

    @property
    def found(self):
        """Whether the checker found what the control broke."""
        return self.breaks in self.control.broken


async def played(rig, name, run, *, seed, **options):
    """Run one fault on an emptied rig and check what is left; `options` are the scene's."""
    began = time.monotonic()
    try:
        outcome = await _played(rig, name, run, seed=seed, **options)
    except (NotExercisedError, TimeoutError) as not_exercised:
        outcome = Outcome(seed=seed, noted=f"not exercised: {not_exercised!r}")
    except Exception as error:  # noqa: BLE001 - the others are run all the same
        traceback.print_exc()
        outcome = Outcome(seed=seed, noted=f"broken off: {error!r}")
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


async def _played(rig, name, run, *, seed, **options):
    async with opened_scene(rig, name, seed, **options) as scene:
        await run(scene)
        await scene.rests()
        verdict = check(await scene.history())
        return Outcome(
            seed=seed,
            kills=scene.workers.kills + scene.deaths,
            sent=scene.senders.ledger.sent,
            noted=scene.noted,
            promises={name: list(wrong) for name, wrong in verdict.promises.items()},
            **{name: getattr(verdict, name) for name in COUNTS},
        )


async def row_of(rig, experiment, seed, say, *, full=False):
    """Run an experiment, then its control."""
    say(f"{experiment.number}: {experiment.what} ...")
    options = {"seed": seed, "patches": experiment.patches, "full": full}
    outcome = await played(rig, f"x{experiment.number}", experiment.run, **options)
    taken = experiment.control
    say(f"   {_told(outcome)}\n   control, without {taken.mechanism} ...")
    options = {"seed": seed, "patches": taken.patches, "patience_s": CONTROL_PATIENCE_S}
    control = await played(rig, f"x{experiment.number}-control", taken.run, **options)
    say(f"   {_told(control)}")
    return Row(
        number=experiment.number,
        what=experiment.what,
        mechanism=taken.mechanism,
        breaks=taken.breaks,
        outcome=outcome,
        control=control,
    )


def _told(outcome):
    if not outcome.promises:
        return outcome.noted
    wrong = [f"{name}: {one}" for name in outcome.broken for one in outcome.promises[name]]
    more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    found = "; ".join(wrong[:SHOWN]) + more if wrong else "every promise kept"
    noted = f" ({outcome.noted})" if outcome.noted else ""
    return f"{outcome.sent} sent, {outcome.kills} kills, {outcome.seconds:g} s{noted}: {found}"
