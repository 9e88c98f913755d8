"""What evaluators read: the whole current row of one study token, coarse and pseudonymous."""

from uuid import UUID

from schemas.base import Tolerant
from schemas.vocabulary import AgeBand, AgencyKind, Basis, BehaviourKind, CaseState, ClockStatus, Door, Stage


class Outcome(Tolerant):
    """One case in one study. No inner ids, no exact dates, no place below a district (domain.md section 5)."""

    token: UUID
    scheme: str
    door: Door
    basis: Basis
    behaviour: BehaviourKind
    referrer: AgencyKind
    age_band: AgeBand
    district: str | None
    month_received: str
    state: CaseState
    end_reason: str | None
    start_48h: dict[str, ClockStatus]
    authorised_hours: int
    credited_hours: int
    sessions_attended: int
    sessions_missed: int
    sessions_cancelled_by_provider: int
    stage: Stage
    affected_people: int
    affected_reached: int
    affected_gave_views: int
    preference_followed: bool | None
    satisfaction: tuple[int, ...]
    reoffended: bool
