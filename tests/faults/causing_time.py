"""Clocks that leap and go back, and deaths around the firing of timers. The one clock of all parts is a row."""

import asyncio
import json
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from deploy.local.waiting import holds_within
from tests.faults.causing import PATIENCE_S, must

# In the night before the Sunday, clocks in London go forward: forty-eight hours end an hour later by the wall.
FRIDAY = datetime(2026, 3, 27, 20, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Of eight timers of a referral that fall due within two days one is the first.
DUE_AT_ONCE, A_CASE = 10_000, 7
START = "breach:start_48h:referral_sent"
NEXT = "SELECT min(due_at) FROM timers WHERE due_at > (SELECT at FROM demo_clock)"
NOT_FORTY_EIGHT = "SELECT count(*) FROM watched.timers WHERE what = 'set' AND name = $1 AND due_at <> $2"
ENDED = "SELECT count(*) FROM watched.timers WHERE what = 'ended'"
FIRED = "SELECT count(*) FROM case_events WHERE type = ANY('{case.clock.warned,case.clock.breached}')"
GAVE_UP = "timers stopped: "
POINTS = ("in_timer", "before_sql", "after_sql", "after_commit")


async def leaps(scene):
    """Put back the clock under a timekeeper with due timers in hand; then leap over the change to summer time."""
    await _put_back(scene, -(-DUE_AT_ONCE // A_CASE))
    scene.left["start clocks that are not 48 real hours"] = await scene.database.fetchval(
        NOT_FORTY_EIGHT, START, FRIDAY + 2 * 24 * HOUR
    )
    await scene.workers.start("two")
    ended = await scene.database.fetchval(ENDED)
    await scene.set_clock(FRIDAY + 48 * HOUR - MINUTE)
    await _ends(scene, ended + Random(scene.seed).randint(100, 1000))
    await scene.set_clock(FRIDAY + 36 * HOUR)
    await scene.set_clock(FRIDAY + 48 * HOUR - MINUTE)
    must(await scene.rests(PATIENCE_S * 4), "the due timers were not fired")
    await scene.set_clock(FRIDAY + 48 * HOUR)
    must(await scene.rests(PATIENCE_S), "the last timers were not fired")
    scene.noted = f"{await scene.database.fetchval(ENDED) - ended} timers due by one leap of the clock"


async def put_back_shortly(scene):
    """The first part alone, with few cases."""
    await _put_back(scene, 6)


async def _put_back(scene, cases):
    """A timekeeper stops with due timers in hand, and wakes when the clock stands an hour before they are due."""
    due = await _referred(scene, cases)
    await _stops_with_timers(scene, "early", due + MINUTE)
    fired = await scene.database.fetchval(FIRED)
    await scene.set_clock(due - HOUR)
    scene.workers.tell("early", signal.SIGCONT)

    async def came_too_early():
        return GAVE_UP in scene.workers.said("early") or await scene.database.fetchval(FIRED) > fired

    must(await holds_within(came_too_early, PATIENCE_S), "nobody tried to fire what was not due any more")
    await scene.set_clock(due + MINUTE)
    must(await scene.rests(PATIENCE_S), "what was put back did not fire")


async def deaths_around_firing(scene):
    """One timekeeper after another dies before, in and after the transaction that fires; then one wakes too late."""
    await _referred(scene, 24)
    for point in POINTS:
        await scene.workers.start("one", failpoint=f"{point}:1")
        await scene.set_clock(await scene.database.fetchval(NEXT))
        must(await scene.workers.killed_itself("one"), f"no timekeeper died at {point}")
        await scene.workers.start("one")
        must(await scene.rests(PATIENCE_S), f"no rest after a death at {point}")
        await scene.workers.kill("one")
    await _zombie(scene)


async def _zombie(scene):
    """Of the timers that a frozen timekeeper has in hand half are cancelled, all are fired or gone when it wakes."""
    await _stops_with_timers(scene, "late", await scene.database.fetchval(NEXT))
    for life in scene.lives(24, FRIDAY)[::2]:
        await scene.senders.send(_declined(life.commands[0]))
    await scene.workers.start("two")
    must(await scene.rests(PATIENCE_S), "nobody took over from the frozen timekeeper")
    scene.workers.tell("late", signal.SIGCONT)

    async def came_too_late():
        return GAVE_UP in scene.workers.said("late")

    must(await holds_within(came_too_late, PATIENCE_S), "the frozen timekeeper did not try to fire")


async def death_between_fire_and_removal(scene):
    """Only the patched timekeeper has a moment between the two."""
    due = await _referred(scene, 6)
    await scene.workers.start("one")
    await scene.set_clock(due)

    async def fired():
        return "fired, and not removed" in scene.workers.said("one")

    must(await holds_within(fired, PATIENCE_S), "nothing fired")
    await scene.workers.kill("one")
    await scene.workers.start("one")


async def _referred(scene, cases):
    """Refer so many at once on the Friday, and return when their first timer is due. No worker is left."""
    await scene.set_clock(FRIDAY)
    await scene.workers.start("intake")
    letters = [life.referral for life in scene.lives(cases, FRIDAY)]
    for letter in letters:
        scene.senders.note(letter)
    await asyncio.gather(*map(scene.senders.put, letters))
    must(await scene.rests(PATIENCE_S * 2), "the referrals were not taken")
    await scene.workers.kill("intake")
    return await scene.database.fetchval(NEXT)


async def _stops_with_timers(scene, name, at):
    await scene.workers.start(name, failpoint="in_timer:1", patches=("freeze_at_failpoints",))
    await scene.set_clock(at)
    must(await scene.workers.froze_itself(name), f"{name} had no due timers in hand")


async def _ends(scene, timers):
    async def ended():
        return await scene.database.fetchval(ENDED) >= timers

    must(await holds_within(ended, PATIENCE_S), f"{timers} timers did not end")


def _declined(command):
    """The same provider says no instead: a case that has ended has no clocks."""
    body = json.loads(command.value)
    value = json.dumps({**body, "type": "DeclineReferral", "data": {"reason": "age"}}).encode()
    return replace(command, value=value, effect="case.referral.declined")
