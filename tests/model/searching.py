"""A small explicit-state checker: every state there is, nearest first, and the shortest way to one that is wrong."""

import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search saw; `wrong` says which promise broke, `path` the fewest actions that lead there."""

    states: int
    depth: int
    seconds: float
    actions: frozenset[str]
    wrong: str | None = None
    path: tuple[str, ...] = ()

    def told(self):
        """The counterexample as it is printed, one action a line."""
        return "\n".join([f"{self.wrong}, after {len(self.path)} actions:", *(f"    {step}" for step in self.path)])


class Search:
    """A breadth-first search; a model gives `steps(state)`, `wrong(state)` and `at_rest(state)`.

    A step is (action, whether it is a fault, the next state). Faults may come at any time and need never come: from
    each state the other steps alone must be able to lead to rest, or something is stuck.
    """

    def __init__(self, model):
        self._model = model
        self._came_from = {}
        self._before = {}
        self._resting = []
        self._actions = set()
        self._deepest = 0

    def run(self, initial):
        """Look at every state; stop at the first that is wrong."""
        began = time.process_time()
        self._came_from = {initial: (None, "", 0)}
        broken = self._explore(deque([initial]))
        if broken is None and (stuck := self._stuck()) is not None:
            broken = (stuck, "P6: nothing that may happen now leads to rest")
        state, wrong = broken or (None, None)
        return Found(
            states=len(self._came_from),
            depth=self._deepest,
            seconds=time.process_time() - began,
            actions=frozenset(action.split(" ")[0] for action in self._actions),
            wrong=wrong,
            path=self._path(state) if state is not None else (),
        )

    def _explore(self, waiting):
        came_from, before = self._came_from, self._before
        while waiting:
            state = waiting.popleft()
            self._deepest = depth = came_from[state][2]
            if (wrong := self._model.wrong(state)) is not None:
                return state, wrong
            if self._model.at_rest(state):
                self._resting.append(state)
            for action, is_fault, after in self._model.steps(state):
                self._actions.add(action)
                if not is_fault:
                    before.setdefault(after, []).append(state)
                if after not in came_from:
                    came_from[after] = (state, action, depth + 1)
                    waiting.append(after)
        return None

    def _stuck(self):
        """Return the nearest state from which no steps but faults lead to rest."""
        good, waiting = set(self._resting), list(self._resting)
        while waiting:
            for state in self._before.get(waiting.pop(), ()):
                if state not in good:
                    good.add(state)
                    waiting.append(state)
        return next((state for state in self._came_from if state not in good), None)

    def _path(self, state):
        steps = []
        while state is not None:
            state, action, _ = self._came_from[state]
            steps.append(action)
        return tuple(reversed(steps[:-1]))
