"""Decide on what was read, keep under guards: the one transaction that batch, form and timer share."""

from enum import Enum, auto

from tests.model.world import Off, Plan, put


class Kept(Enum):
    """How a transaction ended."""

    KEPT = auto()
    STALE_CASE = auto()
    STALE_POSITION = auto()


def decide(scene, state, names, *, partition=-1, held=0, fired=0):
    """Return the plan for these messages, or for a fired timer, and the state in which ids were drawn for it."""
    facts, answered, claims, timer = [], [], [], ""
    versions = [len(of_case) for of_case in state.facts]
    for name in names:
        if Off.MEMORY not in scene.off and (name in state.seen or name in answered):
            continue
        case, does = scene.messages[name]
        answered.append(name)
        if does == "book":
            if state.places or claims:
                continue  # refused: no place is free
            claims.append(case)
        timer = does if does in {"start", "defer", "cancel"} else timer
        versions[case] += 1
        facts.append((case, versions[case], name))
    if fired:
        facts.append((0, versions[0] + 1, f"timer {fired}"))
    plan = Plan(
        *(partition, held, len(names), tuple(facts), tuple(answered), tuple(claims), timer, fired),
        first_id=state.ids if Off.WHAT_IS_LEFT in scene.off else 0,
    )
    if Off.WHAT_IS_LEFT in scene.off:
        state = state._replace(ids=state.ids + len(facts))
    if Off.COMMIT_FIRST in scene.off:
        state = published(scene, state, ((*fact, 0) for fact in facts))
    return plan, state


def keep(scene, state, plan):
    """Keep all of a plan, or nothing and say why."""
    off = scene.off
    split = Off.ONE_TRANSACTION in off
    if plan.partition >= 0 and not split:
        if state.positions[plan.partition] != plan.held and Off.POSITION_CAS not in off:
            return Kept.STALE_POSITION, state
        state = moved(state, plan)
    if not _guarded(scene, state, plan):
        return Kept.STALE_CASE, state
    return Kept.KEPT, _written(scene, state, plan)


def moved(state, plan):
    """The position moved past a batch, and the watcher's note of the offsets that it took."""
    partition, after = plan.partition, plan.held + plan.count
    return state._replace(
        positions=put(state.positions, partition, after),
        taken=put(state.taken, partition, (*state.taken[partition], *range(plan.held, after))),
    )


def _guarded(scene, state, plan):
    """Whether versions, message ids, the place and the timer are still as they were when the plan was decided."""
    off = scene.off
    first = {}
    for case, sequence, _ in plan.facts:
        first.setdefault(case, sequence)
    if Off.VERSION_GUARD not in off and any(len(state.facts[case]) != at - 1 for case, at in first.items()):
        return False
    if Off.MEMORY not in off and any(name in state.seen for name in plan.answered):
        return False
    if plan.claims and state.places and Off.CLAIM_GUARD not in off:
        return False
    held = state.timer[0] if state.timer else 0
    return not plan.fired or plan.fired == held or Off.GENERATION in off


def _written(scene, state, plan):
    facts, outbox = state.facts, set(state.outbox)
    for number, (case, sequence, name) in enumerate(plan.facts):
        facts = put(facts, case, (*facts[case], (sequence, name)))
        if Off.COMMIT_FIRST not in scene.off:
            numbered = plan.first_id + number + 1 if Off.WHAT_IS_LEFT in scene.off else 0
            outbox.add((case, sequence, name, numbered))
    state = state._replace(
        facts=facts,
        outbox=frozenset(outbox),
        seen=state.seen | set(plan.answered),
        places=(*state.places, *plan.claims),
    )
    return _timed(state, plan)


def _timed(state, plan):
    """The timer fired, set, set again or cancelled; the watcher notes how each generation ended."""
    ends = list(state.ends)
    timer, generations = state.timer, state.generations
    if plan.fired:
        early = timer is not None and timer[1] > state.now
        ends.append((plan.fired, "fired early" if early else "fired"))
        timer = None
    if plan.timer:
        if timer is not None:
            ends.append((timer[0], "replaced" if plan.timer == "defer" else "cancelled"))
        generations += plan.timer != "cancel"
        timer = None if plan.timer == "cancel" else (generations, int(plan.timer == "defer"))
    return state._replace(timer=timer, generations=generations, ends=tuple(ends))


def published(scene, state, records):
    """Records appended to their cases' topics; only first copies are told apart, and a receipt is heard at once."""
    topic, heard = state.topic, set(state.receipted)
    for case, sequence, name, _ in records:
        if (sequence, name) not in topic[case]:
            topic = put(topic, case, (*topic[case], (sequence, name)))
        heard |= {name} & scene.messages.keys()
    return state._replace(topic=topic, receipted=frozenset(heard))
