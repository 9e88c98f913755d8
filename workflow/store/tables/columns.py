"""Kinds of column that every table shares."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary
from sqlmodel import Field


def instant(*, optional: bool = False) -> Any:
    """Return a point in time, kept with its zone."""
    return Field(default=None if optional else ..., sa_type=DateTime(timezone=True), nullable=optional)


def counted(*, key: bool = False) -> Any:
    """Return a whole number that may grow past 2^31."""
    return Field(sa_type=BigInteger, primary_key=key, nullable=False)


def raw() -> Any:
    """Return bytes kept exactly as they are."""
    return Field(sa_type=LargeBinary, nullable=False)


def key() -> Any:
    """Return a part of the primary key."""
    return Field(primary_key=True)
