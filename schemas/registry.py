"""Wire name and version <-> model: what a record's `ce_type` and `ce_dataschema` stand for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from schemas.commands import COMMANDS
from schemas.events import EVENTS, CaseEvent
from schemas.notices import AgencyNotice, Notice, Receipt
from schemas.outcomes import Outcome
from schemas.referrals.reading import MODELS
from schemas.upcasts import UPCASTS, Upcast, brought_up
from schemas.vocabulary import AgencyKind, Audience

NO_VERSION_YET = 0
"""Until the first tagged release every wire version is 0 (contracts section 3)."""

Contract = tuple[str, int]


class UnknownContract(LookupError):
    """No model of ours goes by this wire name and version."""

    def __init__(self, wire: str, version: int) -> None:
        """Carry both."""
        super().__init__(f"{wire} v{version}")
        self.wire = wire
        self.version = version


def _contracts() -> dict[Contract, type[BaseModel]]:
    agencies = {f"notices/{kind}": AgencyNotice for kind in AgencyKind}
    people = {f"notices/{audience}": Notice for audience in (Audience.AFFECTED_PERSON, Audience.PARTICIPANT)}
    unversioned: dict[str, type[BaseModel]] = {
        **COMMANDS,
        **{f"referrals/{kind}": model for kind, model in MODELS.items()},
        **people,
        **agencies,
        "notices/receipt": Receipt,
        "outcomes": Outcome,
    }
    facts = {(wire, event.version): event for wire, event in EVENTS.items()}
    return {**{(wire, NO_VERSION_YET): model for wire, model in unversioned.items()}, **facts}


REGISTRY: Mapping[Contract, type[BaseModel]] = MappingProxyType(_contracts())


def model_of(wire: str, version: int) -> type[BaseModel]:
    """Return today's model of a wire name in its version; raise UnknownContract for any other."""
    if (wire, version) not in REGISTRY:
        raise UnknownContract(wire, version)
    return REGISTRY[wire, version]


def contracts_of(model: type[BaseModel]) -> tuple[Contract, ...]:
    """Return each wire name and version that a model goes by; the notices of the agencies share one."""
    return tuple(contract for contract, known in REGISTRY.items() if known is model)


def dataschema(wire: str, version: int) -> str:
    """Return the name of a contract as `ce_dataschema` gives it."""
    return f"amends:/schemas/{wire}/v{version}"


def read_event(
    wire: str, version: int, payload: Mapping[str, Any], upcasts: Mapping[Contract, Upcast] = UPCASTS
) -> CaseEvent:
    """Return a stored fact as today's model: an old payload is brought up first, a newer one is unknown.

    Raises UnknownContract for a name or version that is not ours, MissingUpcast for a gap in the table.
    """
    event = EVENTS.get(wire)
    if event is None or version > event.version:
        raise UnknownContract(wire, version)
    return event.model_validate(brought_up((wire, version), event.version, payload, upcasts))
