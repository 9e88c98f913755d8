"""Old payload -> today's: one pure function a step, from a version to the next; what was published stays."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Payload = Mapping[str, Any]
Upcast = Callable[[Payload], Payload]


def _alone(payload: Payload) -> Payload:
    """A fact of one clock, as a fact of the clocks that began or ended together."""
    return {"clocks": [payload]}


# (wire name, the version that the function reads) -> the payload of the version after it.
UPCASTS: Mapping[tuple[str, int], Upcast] = MappingProxyType(
    {("case.clock.started", 0): _alone, ("case.clock.stopped", 0): _alone}
)


class MissingUpcast(LookupError):
    """A version was raised, and nobody said how the one before it reads today."""

    def __init__(self, wire: str, version: int) -> None:
        """Carry the step that is missing."""
        super().__init__(f"{wire}: no upcast from v{version}")
        self.wire = wire
        self.version = version


def brought_up(
    contract: tuple[str, int], today: int, payload: Payload, upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS
) -> Payload:
    """Return the payload of a contract as `today`'s version writes it, a step at a time."""
    wire, version = contract
    for step in range(version, today):
        if (wire, step) not in upcasts:
            raise MissingUpcast(wire, step)
        payload = upcasts[wire, step](payload)
    return payload
