"""Facts, past tense; they may not be refused. `EVENTS` maps the wire name to the model."""

from collections.abc import Mapping

from schemas.events import intake, life, people, work
from schemas.events.base import CaseEvent


def _facts() -> dict[str, type[CaseEvent]]:
    modules = (intake, people, work, life)
    found = (value for module in modules for value in vars(module).values() if isinstance(value, type))
    return {kind.wire: kind for kind in found if issubclass(kind, CaseEvent) and "wire" in vars(kind)}


EVENTS: Mapping[str, type[CaseEvent]] = _facts()

__all__ = ["EVENTS", "CaseEvent"]
