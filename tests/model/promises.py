"""The promises of the engine as conditions on one state, and what rest is."""


def broken(scene, state):
    """Return which promise a state breaks, or None."""
    return next((wrong for promise in PROMISES if (wrong := promise(scene, state))), None)


def _applied_once(scene, state):
    names = [name for of_case in state.facts for _, name in of_case]
    if len(names) != len(set(names)):
        return "P1: a message took effect twice"
    applied = {name for name in state.seen if scene.messages[name].does != "book"}
    return "P1: a message was answered and took no effect" if applied - set(names) else None


def _numbered(scene, state):
    gaps = any([sequence for sequence, _ in of_case] != list(range(1, len(of_case) + 1)) for of_case in state.facts)
    return "P2: the facts of a case are not numbered 1 to n" if gaps else None


def _published(scene, state):
    for told, kept in zip(state.topic, state.facts, strict=True):
        if not set(told) <= set(kept):
            return "P3: published, and not kept"
        if told != kept[: len(told)]:
            return "P3: first copies out of order"
    return None


def _read_once(scene, state):
    ends = zip(state.taken, state.positions, strict=True)
    return "P5: a record was read twice, or never" if any(row != tuple(range(at)) for row, at in ends) else None


def _timed_once(scene, state):
    if any(how == "fired early" for _, how in state.ends):
        return "P7: a timer fired early"
    ended = [generation for generation, _ in state.ends]
    return "P7: a timer ended twice" if len(ended) != len(set(ended)) else None


def _survives(scene, state):
    names = {name for of_case in state.facts for _, name in of_case}
    return None if state.receipted <= names else "P8: receipted, and not kept"


def _within_capacity(scene, state):
    return "over capacity: one place, two cases" if len(state.places) > 1 else None


PROMISES = (_applied_once, _numbered, _published, _read_once, _timed_once, _survives, _within_capacity)


def resting(scene, state):
    """P6: all was sent, read and published, no form or timer waits; each kept fact stands on its topic."""
    read = all(at == len(log) for at, log in zip(state.positions, state.inbound, strict=True))
    told = not scene.relays or (not state.outbox and state.topic == state.facts)
    waits = any(state.unsent) or any(form != "done" for form in state.forms) or (scene.keepers and state.timer)
    return read and told and not waits and state.seen >= scene.messages.keys()
