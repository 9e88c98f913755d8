"""Organisations, staff, places, and who may sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid
from sqlmodel import Field, SQLModel

from workflow.store.tables.columns import instant, key, raw


class OrganisationRow(SQLModel, table=True):
    """The register of organisations; a slug is unique among all schemes."""

    __tablename__ = "organisations"
    slug: str = key()
    tenant: str = Field(index=True)
    kind: str
    name: str
    area: str | None
    registered_at: datetime = instant()


class SiteRow(SQLModel, table=True):
    """Where work is done."""

    __tablename__ = "sites"
    tenant: str = key()
    id: str = key()
    provider: str
    name: str
    activities: list[str] = Field(sa_type=ARRAY(Text))
    longitude: float
    latitude: float
    suits_children: bool
    near_affected: list[UUID] = Field(sa_type=ARRAY(Uuid))


class SlotRow(SQLModel, table=True):
    """A dated slot at a site; lowering its capacity un-books nobody."""

    __tablename__ = "slots"
    __table_args__ = (
        CheckConstraint("capacity >= 0"),
        Index("slots_by_start", "tenant", "provider", "starts_at"),
    )
    tenant: str = key()
    id: str = key()
    provider: str
    site: str
    activity: str
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    capacity: int
    supervisor: str


class SlotPlaceRow(SQLModel, table=True):
    """One place of a slot, held by one case; a trigger refuses a place beyond the capacity."""

    __tablename__ = "slot_places"
    __table_args__ = (CheckConstraint("place >= 1"), Index("slot_places_by_case", "tenant", "case_id"))
    tenant: str = key()
    slot: str = key()
    place: int = key()
    case_id: UUID


class CaseworkerRow(SQLModel, table=True):
    """A caseworker and how many open cases he or she has; `overridden` says that a person allowed more."""

    __tablename__ = "caseworkers"
    __table_args__ = (
        CheckConstraint("open_cases >= 0"),
        CheckConstraint("overridden OR open_cases <= max_cases", name="caseworkers_load"),
        {"postgresql_with": {"fillfactor": 80}},
    )
    tenant: str = key()
    id: str = key()
    provider: str
    works_with_children: bool
    max_cases: int
    open_cases: int = 0
    overridden: bool = False


class StaffConflictRow(SQLModel, table=True):
    """A person whom a caseworker knows."""

    __tablename__ = "staff_conflicts"
    tenant: str = key()
    caseworker: str = key()
    person: UUID = key()


class UserRow(SQLModel, table=True):
    """Somebody who may sign in."""

    __tablename__ = "users"
    id: UUID = key()
    login: str = Field(unique=True)
    password_hash: str
    failed_attempts: int = 0
    locked_until: datetime | None = instant(optional=True)


class EngagementRow(SQLModel, table=True):
    """What a person may be for an organisation, and how long."""

    __tablename__ = "engagements"
    id: UUID = key()
    user_id: UUID = Field(index=True)
    tenant: str
    organisation: str
    role: str
    staff_id: str | None
    valid_from: datetime = instant()
    valid_until: datetime | None = instant(optional=True)


class CredentialRow(SQLModel, table=True):
    """A bearer secret of a machine, scoped to an organisation and a role or a study."""

    __tablename__ = "credentials"
    id: UUID = key()
    secret_hash: bytes = raw()
    tenant: str
    organisation: str
    role: str
    study: str | None
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(optional=True)


class WebSessionRow(SQLModel, table=True):
    """A signed-in browser."""

    __tablename__ = "web_sessions"
    token_hash: bytes = Field(primary_key=True)
    user_id: UUID = Field(index=True)
    engagement: UUID | None
    csrf: str
    expires_at: datetime = instant()


class ConsultationRow(SQLModel, table=True):
    """Every reveal of personal data, refused ones too: who, as what, whose, which fields, when, why."""

    __tablename__ = "consultations"
    __table_args__ = (Index("consultations_by_person", "tenant", "person", "at"),)
    id: UUID = key()
    tenant: str
    actor: str
    role: str
    organisation: str
    person: UUID
    fields: list[str] = Field(sa_type=ARRAY(Text))
    why: str | None
    refused: bool
    at: datetime = instant()


class DeniedLookupRow(SQLModel, table=True):
    """An attempt to see what does not exist for the caller."""

    __tablename__ = "denied_lookups"
    id: UUID = key()
    tenant: str
    actor: str
    organisation: str
    what: str
    at: datetime = instant()
