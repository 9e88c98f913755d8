"""Chance without a generator: every draw is a hash of (seed, what), so nobody's draw moves anybody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

_T = TypeVar("_T")
_SPAN = 2**64


@dataclass(frozen=True, slots=True)
class Draw:
    """All that is decided by chance under one seed; the same question always has the same answer."""

    seed: int

    def unit(self, *what: object) -> float:
        """Return a number in [0, 1)."""
        return self._number(what) / _SPAN

    def whole(self, low: int, high: int, *what: object) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self._number(what) % (high - low + 1)

    def chance(self, rate: float, *what: object) -> bool:
        """Return True at this rate."""
        return self.unit(*what) < rate

    def pick(self, choices: Sequence[_T], *what: object) -> _T:
        """Return one of the choices, each as likely."""
        return choices[self._number(what) % len(choices)]

    def weighted(self, weights: Mapping[_T, float], *what: object) -> _T:
        """Return one of the keys in proportion to its weight."""
        left = self.unit(*what) * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return next(reversed(list(weights)))

    def shuffled(self, items: Sequence[_T], *what: object) -> list[_T]:
        """Return the items in an order of their own."""
        return [items[place] for place in sorted(range(len(items)), key=lambda place: self._number((*what, place)))]

    def uuid(self, *what: object) -> UUID:
        """Return an id."""
        return uuid5(NAMESPACE_URL, self._spelt(what))

    def _number(self, what: tuple[object, ...]) -> int:
        return int.from_bytes(sha256(self._spelt(what).encode()).digest()[:8])

    def _spelt(self, what: tuple[object, ...]) -> str:
        return f"amends-demo:{self.seed}:" + ":".join(str(part) for part in what)
