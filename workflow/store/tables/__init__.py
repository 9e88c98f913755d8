"""All tables; `METADATA` is what the migrations must arrive at."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from workflow.store.tables import cases, people, streams, vault

METADATA: MetaData = SQLModel.metadata

__all__ = ["METADATA", "cases", "people", "streams", "vault"]
