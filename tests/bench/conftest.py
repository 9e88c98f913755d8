"""The databases that the benchmarks' own tests stand on: the embedded one is enough for them."""

import pytest

from tests.databases import auditor, embedded_database, empty_database, store, worker_pool

__all__ = ["auditor", "database", "embedded_database", "empty_database", "store", "worker_pool"]


@pytest.fixture(scope="session")
async def database(embedded_database):
    return embedded_database
