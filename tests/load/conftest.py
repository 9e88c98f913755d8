"""The database of these tests."""

from tests.databases import embedded_database

__all__ = ["embedded_database"]
