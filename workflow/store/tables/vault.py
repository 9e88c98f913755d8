"""The vault and, in a schema of their own, its keys and the ledger of erasures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlmodel import Field, SQLModel

from workflow.store.tables.columns import instant, key, raw


class VaultRecordRow(SQLModel, table=True):
    """Sealed personal data with where it came from."""

    __tablename__ = "records"
    __table_args__ = {"schema": "vault"}
    tenant: str = key()
    person: UUID = key()
    ref: UUID = key()
    kind: str
    sealed: bytes = raw()
    source_organisation: str
    controller: str
    regime: str
    agreement: str
    fact_or_opinion: str
    at: datetime = instant()
    number: int | None = Field(
        default=None, sa_type=BigInteger, nullable=False, sa_column_args=[Identity(always=False)]
    )


class SearchKeyRow(SQLModel, table=True):
    """A keyed HMAC of a normalised value, by which a person may be found again."""

    __tablename__ = "search_keys"
    __table_args__ = (Index("search_keys_by_person", "tenant", "person"), {"schema": "vault"})
    tenant: str = key()
    hmac: bytes = Field(primary_key=True)
    person: UUID = key()
    kind: str


class PersonKeyRow(SQLModel, table=True):
    """A person's key, wrapped by the master key; backed up apart, destroyed at erasure."""

    __tablename__ = "person_keys"
    __table_args__ = ({"schema": "keyring"},)
    tenant: str = key()
    person: UUID = key()
    wrapped: bytes = raw()


class ErasureRow(SQLModel, table=True):
    """Whose key was destroyed; applied again before a restored system opens its doors."""

    __tablename__ = "erasures"
    __table_args__ = ({"schema": "keyring"},)
    tenant: str = key()
    person: UUID = key()
    at: datetime = instant()
