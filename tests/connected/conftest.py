"""Fixtures of the connected tests."""

from tests.databases import (
    auditor,
    database,
    debian_database,
    embedded_database,
    empty_database,
    portal_pool,
    store,
    worker_pool,
)

__all__ = [
    "auditor",
    "database",
    "debian_database",
    "embedded_database",
    "empty_database",
    "portal_pool",
    "store",
    "worker_pool",
]
