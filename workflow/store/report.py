"""What a verification found: counts, and each fault with the name of what is wrong."""

from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What can be wrong."""

    CHAIN_BREAK = "chain_break"
    GAP = "gap"
    FOLD_MISMATCH = "fold_mismatch"
    OVER_CAPACITY = "over_capacity"
    PLACE_MISMATCH = "place_mismatch"
    MEETING = "meeting"
    OUTBOX = "outbox"
    TIMER = "timer"
    CHECKPOINT = "checkpoint"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: `subject` names the event, case, slot or checkpoint."""

    kind: FaultKind
    subject: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.kind}: {self.subject}: {self.what}"


@dataclass(slots=True)
class Report:
    """All that a verification found."""

    events: int = 0
    cases: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def count(self, *kinds: FaultKind) -> int:
        """Return how many faults are of these kinds."""
        return sum(fault.kind in kinds for fault in self.faults)

    def add(self, kind: FaultKind, subject: object, what: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(kind=kind, subject=str(subject), what=what))
