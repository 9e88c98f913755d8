"""One suite a port: each test runs on the fake and on the real adapter."""

import pytest

from tests.builders.kept_cases import TENANT
from tests.databases import KEYS, debian_database, embedded_database, emptied, pooled
from tests.fakes.store import FakeStore
from workflow.ports import FiredTimer
from workflow.store.reference import Reference
from workflow.store.sql_store import SqlStore

__all__ = ["debian_database", "embedded_database"]

_GENERATION = "SELECT generation FROM timers WHERE case_id = $1 AND name = $2"
BACKENDS = ("fake", *(pytest.param(name, marks=pytest.mark.connected) for name in ("embedded", "debian")))


@pytest.fixture
async def embedded_pool(embedded_database):
    async with pooled((await emptied(embedded_database)).worker) as pool:
        yield pool


@pytest.fixture
async def debian_pool(debian_database):
    async with pooled((await emptied(debian_database)).worker) as pool:
        yield pool


@pytest.fixture(params=BACKENDS)
def store(request):
    if request.param == "fake":
        return FakeStore()
    return SqlStore(request.getfixturevalue(f"{request.param}_pool"), KEYS)


@pytest.fixture
def reference(store):
    return Reference(store.pool) if isinstance(store, SqlStore) else store


@pytest.fixture
def firing_of(store):
    """The timer of a name as its firer would name it."""

    async def found(case_id, name):
        if isinstance(store, SqlStore):
            generation = await store.pool.fetchval(_GENERATION, case_id, name)
        else:
            generation = store.kept.timers[TENANT, case_id, name].generation
        return FiredTimer(case_id=case_id, name=name, generation=generation)

    return found
