"""A refusal carries facts; the edge finds the words (contracts section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What a refusal's code means: the rule, what to do instead, and the code that others see in its place."""

    rule: str
    remedy: str
    cover: str | None = None


class Refusal(Exception):
    """The rules say no. `facts` are coarse values and tokens, never personal data."""

    def __init__(self, code: str, **facts: str | int) -> None:
        """Refuse by `code`, naming the facts that decided it."""
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, str | int] = MappingProxyType(facts)
