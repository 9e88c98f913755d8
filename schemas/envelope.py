"""What travels around a fact: CloudEvents 1.0 attributes and the case's own numbering (contracts section 1)."""

from datetime import datetime
from uuid import UUID

from schemas.base import Tolerant
from schemas.events import CaseEvent
from schemas.vocabulary import CaseState


class Envelope(Tolerant):
    """One recorded fact. `sequence` counts 1..n within the case without gaps."""

    tenant: str
    case_id: UUID
    sequence: int
    event_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    state_before: CaseState | None
    state_after: CaseState
    actor: str
    correlation: UUID
    causation: UUID | None = None


class Recorded(Tolerant):
    """A fact in its envelope."""

    envelope: Envelope
    fact: CaseEvent
