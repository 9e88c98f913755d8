"""The case, its facts, and what waits on it. Rows are not contracts and not cases: they hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from workflow.store.tables.columns import counted, instant, key, raw


class CaseRow(SQLModel, table=True):
    """The folded case, guarded by its version; `head` is the hash of its last fact."""

    __tablename__ = "cases"
    __table_args__ = (
        # No column that every update changes is indexed: an update then stays within its page (HOT).
        Index("cases_by_state", "tenant", "provider", "state", "id"),
        Index("cases_by_participant", "tenant", "participant"),
        {"postgresql_with": {"fillfactor": 80}},
    )
    tenant: str = key()
    id: UUID = key()
    version: int = counted()
    state: str
    provider: str
    door: str
    basis: str
    caseworker: str | None
    participant: UUID
    body: bytes = raw()
    head: bytes = raw()
    updated_at: datetime = instant()


class CaseReferrerRow(SQLModel, table=True):
    """An organisation with a part in a case: it referred, clears, or is offered it. `token`: what it knows it by."""

    __tablename__ = "case_referrers"
    __table_args__ = (Index("case_referrers_by_token", "tenant", "agency", "token"),)
    tenant: str = key()
    case_id: UUID = key()
    agency: str = key()
    token: UUID = key()


class CaseEventRow(SQLModel, table=True):
    """One fact, append-only; `payload` is byte for byte what is published."""

    __tablename__ = "case_events"
    tenant: str = key()
    case_id: UUID = key()
    sequence: int = counted(key=True)
    event_id: UUID
    type: str
    version: int
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    correlation: UUID
    causation: UUID | None
    payload: bytes = raw()
    prev_hash: bytes = raw()
    hash: bytes = raw()


class TimerRow(SQLModel, table=True):
    """A command that is due; the generation is new with every setting, so a late firer finds nothing."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("timers_by_due", "shard", "due_at"),
        {"postgresql_with": {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01}},
    )
    tenant: str = key()
    case_id: UUID = key()
    name: str = key()
    shard: int
    due_at: datetime = instant()
    generation: int = counted()
    command: bytes = raw()


class ParkedCaseRow(SQLModel, table=True):
    """A case that an operator must see first."""

    __tablename__ = "parked_cases"
    tenant: str = key()
    case_id: UUID = key()
    reason: str
    at: datetime = instant()


class KeptApartRow(SQLModel, table=True):
    """Two participants who must not meet at a session, once in each direction."""

    __tablename__ = "kept_apart"
    tenant: str = key()
    participant: UUID = key()
    other: UUID = key()


class CheckpointRow(SQLModel, table=True):
    """A signed root over the heads of all cases of a scheme."""

    __tablename__ = "checkpoints"
    tenant: str = key()
    number: int = counted(key=True)
    root: bytes = raw()
    body: bytes = raw()
    at: datetime = instant()


class OutcomeRowRow(SQLModel, table=True):
    """The current row of one study token, and whether it changed since its last release."""

    __tablename__ = "outcome_rows"
    tenant: str = key()
    study: str = key()
    token: UUID = key()
    value: bytes = raw()
    dirty: bool = True
    released: int = Field(default=0)


class OutcomeReleaseRow(SQLModel, table=True):
    """One period's release of a study."""

    __tablename__ = "outcome_releases"
    tenant: str = key()
    study: str = key()
    period: str = key()
    rows: int
    at: datetime = instant()
