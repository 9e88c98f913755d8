"""One piece of the long run: load, kills by a drawn schedule, rest, and the checker over everything."""

import asyncio
import os
import time
from dataclasses import asdict, dataclass, field
from itertools import islice
from random import Random

from deploy.settings import MailSettings
from tests.faults.beginning import forked
from tests.faults.checking import check
from tests.faults.forms import opened_forms_and_desk
from tests.faults.killing import Killer, StuckError, schedule
from tests.faults.longload import Steady, put_wanted_slots
from tests.faults.post import opened_post
from tests.faults.scene import opened_scene

PACE_S = 0.5
# Of a piece's time so much is kept for coming to rest, and for the checker.
FOR_THE_END_S = 75.0
REST_S = 120.0
SHOWN = 5


@dataclass(kw_only=True)
class Piece:
    """What a piece came to; `wrong` holds the first words of the checker, if it had any.

    `load` is how many processes of the whole machine wanted to run, on average over the quarter of an hour.
    """

    seed: int
    seconds: float = 0.0
    load: float = 0.0
    lives: int = 0
    sent: int = 0
    kills: dict = field(default_factory=dict)
    missed: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)
    exits: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    stuck: int = 0
    over_capacity: int = 0
    copies: int = 0
    undecided: int = 0
    wrong: list = field(default_factory=list)

    @property
    def sound(self):
        """Whether the checker found nothing."""
        return not self.wrong


@dataclass(kw_only=True)
class Limits:
    """A piece ends its kills at whichever comes first."""

    seconds: float
    kills: int
    pace_s: float = PACE_S


async def piece(rig, seed, limits, say, *, patches=()):
    """Play a piece on an emptied rig."""
    began, came_to = time.monotonic(), Piece(seed=seed)
    options = {"patches": ("die_when_told", *patches), "patience_s": REST_S, "begin": forked}
    async with opened_scene(rig, f"piece-{seed}", seed, **options) as scene, opened_post() as (post, port):
        scene.mail, scene.mailed = MailSettings(host="127.0.0.1", port=port), post.ids
        await put_wanted_slots(scene)
        try:
            async with opened_forms_and_desk(scene) as callers:
                await _under_load(scene, callers, limits, say, came_to)
                await scene.rests()
        except* (StuckError, TimeoutError) as stuck:
            came_to.stuck += 1
            came_to.wrong.append(repr(stuck.exceptions[0]))
        await _check(scene, came_to)
    came_to.seconds, came_to.load = round(time.monotonic() - began, 1), round(os.getloadavg()[2], 1)
    return came_to


async def _under_load(scene, callers, limits, say, came_to):
    load, drawn = Steady(scene, *callers), Random(scene.seed)
    killer = Killer(scene, callers, drawn)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load.go_on(limits.pace_s))
            await killer.start()
            await _kill(killer, drawn, limits, say)
            load.enough()
    finally:
        came_to.lives, came_to.exits = load.begun, killer.exits
        came_to.kills, came_to.missed, came_to.times = dict(killer.kills), dict(killer.missed), dict(killer.times)


async def _kill(killer, drawn, limits, say):
    ends_at = time.monotonic() + limits.seconds
    for number, (kind, hasty) in enumerate(islice(schedule(drawn), limits.kills), start=1):
        if time.monotonic() > ends_at:
            return
        await killer.kill(kind, hasty=hasty)
        if number % 10 == 0:
            say(f"   {killer.kills.total()} kills; {max(0, ends_at - time.monotonic()):.0f} s to go")


async def _check(scene, came_to):
    history = await scene.history()
    verdict = check(history)
    copies = history.evidence.published
    came_to.sent = scene.senders.ledger.sent
    came_to.copies = len(copies) - len({name for name, _ in copies})
    came_to.undecided = history.undecided
    for name in ("lost", "doubled", "out_of_order", "over_capacity"):
        setattr(came_to, name, getattr(verdict, name))
    came_to.stuck += verdict.stuck
    wrong = [f"{name}: {one}" for name, found in verdict.promises.items() for one in found]
    came_to.wrong += [*wrong[:SHOWN], *([f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else [])]


def told(came_to):
    """A piece in a line."""
    counts = ("lost", "doubled", "out_of_order", "stuck", "over_capacity")
    found = ", ".join(f"{name.replace('_', ' ')} {getattr(came_to, name)}" for name in counts)
    line = f"{sum(came_to.kills.values())} kills, {came_to.sent} sent, {came_to.seconds:g} s: {found}"
    return "; ".join((line, *came_to.wrong))


def kept(came_to):
    """A piece as the state file keeps it."""
    return asdict(came_to)
