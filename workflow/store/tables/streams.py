"""What came in, what goes out, and who holds what meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.store.tables.columns import counted, instant, key, raw

BUSY = {"postgresql_with": {"autovacuum_vacuum_scale_factor": 0.01, "autovacuum_vacuum_threshold": 500}}
# Row security asks for the case behind each message in the mailbox.
_TO_PEOPLE = text("topic IN ('notices.affected-person', 'notices.participant')")


class OutwardRow(SQLModel, table=True):
    """The exact bytes of a record that is no case event, append-only."""

    __tablename__ = "outward_records"
    __table_args__ = (Index("outward_records_to_people", "ce_id", postgresql_where=_TO_PEOPLE),)
    tenant: str
    case_id: UUID = key()
    sequence: int = counted(key=True)
    part: int = key()
    topic: str
    key: bytes = raw()
    ce_id: str
    headers: bytes = raw()
    value: bytes = raw()


class OutboxRow(SQLModel, table=True):
    """A pointer to a record that nobody has acknowledged; what is left is what is unsent, whatever its age."""

    __tablename__ = "outbox"
    __table_args__ = (BUSY,)
    shard: int = key()
    case_id: UUID = key()
    sequence: int = counted(key=True)
    part: int = key()
    tenant: str
    queued_at: datetime = instant()


class MessageRow(SQLModel, table=True):
    """A message's identity and the reply it got."""

    __tablename__ = "messages"
    tenant: str = key()
    source: str = key()
    message_id: str = key()
    fingerprint: bytes = raw()
    disposition: str
    case_id: UUID | None
    reply: bytes = raw()
    at: datetime = instant()


class SendingRow(SQLModel, table=True):
    """One distinct sending, counted once."""

    __tablename__ = "sendings"
    tenant: str
    source: str = key()
    number: str = key()
    disposition: str


class OffsetRow(SQLModel, table=True):
    """Where a partition was read to; changed by compare-and-set alone."""

    __tablename__ = "offsets"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)
    cluster: str = key()
    topic: str = key()
    partition: int = key()
    position: int = counted()


class LeaseRow(SQLModel, table=True):
    """Who holds a shard of relay or timekeeper; the epoch grows with every change of hands."""

    __tablename__ = "leases"
    name: str = key()
    holder: str
    epoch: int = counted()
    expires_at: datetime = instant()


class QuarantineRow(SQLModel, table=True):
    """A record that could not be taken; headers and value are sealed."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("topic", "partition", "offset", "fingerprint"),)
    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)])
    tenant: str | None
    topic: str
    partition: int
    offset: int = counted()
    fingerprint: str
    reason: str
    case_id: UUID | None
    sealed: bytes = raw()
    at: datetime = instant()


class MailRow(SQLModel, table=True):
    """A message as it lies in the local mailbox: the one place outside the vault that carries names."""

    __tablename__ = "mailbox"
    ce_id: str = key()
    tenant: str
    recipient: str
    address: str
    subject: str
    body: str
    at: datetime = instant()


class DeliveryRow(SQLModel, table=True):
    """How far the delivery of a notice has come: meant, or sent."""

    __tablename__ = "deliveries"
    ce_id: str = key()
    tenant: str
    state: str
    at: datetime = instant()


class WorkerLagRow(SQLModel, table=True):
    """How far a worker was behind when it last wrote; `/readyz` reads it."""

    __tablename__ = "worker_lag"
    topic: str = key()
    partition: int = key()
    lag: int = counted()
    at: datetime = instant()


class DemoClockRow(SQLModel, table=True):
    """The one instant of a demo or a rehearsal; without a row, the database's own clock holds."""

    __tablename__ = "demo_clock"
    one: bool = Field(default=True, primary_key=True)
    at: datetime = instant()
