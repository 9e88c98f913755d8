"""What a stack is told, and what it tells."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Part(StrEnum):
    """The parts of a stack, in the order in which they start."""

    POSTGRES = "postgres"
    BROKER = "broker"
    WORKER = "worker"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    """Something happened to a part: it `started`, `died`, `restarted` or `cannot_restart`; `note` says more."""

    part: Part
    what: str
    note: str = ""


def _hear_nothing(_: StackEvent) -> None:
    """Tell nobody."""


async def _nothing_to_prepare(_: Mapping[str, str]) -> None:
    """Load nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    """What differs from stack to stack. `prepare` runs once on the migrated database, before anything of ours.

    `port` is the portal's; without it any free one. `master_key` stands in for the home's own, as a demo's from its
    seed. `environment` reaches worker and portal on top of what the stack itself tells them.
    """

    port: int | None = None
    master_key: bytes | None = field(default=None, repr=False)
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    prepare: Callable[[Mapping[str, str]], Awaitable[None]] = _nothing_to_prepare
    on_event: Callable[[StackEvent], None] = _hear_nothing
