"""Who looked at what, and how the engine keeps up: what the portal writes besides cases, and its readiness."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from workflow.portal_ports import Caller, Consulted, Readings
from workflow.ports import IdSource
from workflow.store.failures import kept_nothing
from workflow.store.rows import SHARDS

_OUTBOX = """
SELECT count(*) AS records, coalesce(extract(epoch FROM now() - min(queued_at)), 0) AS age FROM outbox
WHERE tenant = $1
"""
_TIMERS = """
SELECT coalesce(extract(epoch FROM n.now - min(t.due_at)), 0)
FROM (SELECT coalesce((SELECT at FROM demo_clock), now()) AS now) n JOIN timers t ON t.due_at < n.now
WHERE t.tenant = $1 AND t.shard = ANY($2::int[])  -- the index on what is due is a shard's
  AND NOT EXISTS (SELECT 1 FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)
GROUP BY n.now
"""
_LAG = "SELECT coalesce(sum(lag), 0) AS lag, extract(epoch FROM now() - max(at)) AS age FROM worker_lag"


class SqlLogbook:
    """The Logbook of production: two append-only tables."""

    def __init__(self, pool: asyncpg.Pool, ids: IdSource) -> None:
        self._pool = pool
        self._ids = ids

    async def consulted(self, caller: Caller, consulted: Consulted) -> None:
        """Keep a reveal of personal data, refused ones too."""
        role = ",".join(sorted(caller.roles))
        await self._keep(
            caller,
            "INSERT INTO consultations (id, tenant, actor, role, organisation, person, fields, why, refused, at) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9)",
            *(caller.tenant, caller.id, role, caller.organisation, consulted.person),
            *(list(consulted.fields), consulted.why, consulted.refused, consulted.at),
        )

    async def denied(self, caller: Caller, what: str, at: datetime) -> None:
        """Keep an attempt to see what does not exist for the caller."""
        await self._keep(
            caller,
            "INSERT INTO denied_lookups (id, tenant, actor, organisation, what, at) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)",
            *(caller.tenant, caller.id, caller.organisation, what, at),
        )

    async def _keep(self, caller: Caller, statement: str, *values: object) -> None:
        async with kept_nothing(), self._pool.acquire() as connection, connection.transaction():
            await _enter(connection, caller.tenant, caller.organisation)
            await connection.execute(statement, *values)


class SqlReadiness:
    """What readiness is judged on, gathered scheme by scheme."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def readings(self, tenants: Sequence[str]) -> Readings:
        """Return what readiness is judged on; lag is as the workers last wrote it."""
        records, age, late, parked = 0, 0.0, 0.0, 0
        async with kept_nothing(), self._pool.acquire() as connection, connection.transaction(readonly=True):
            for tenant in tenants:
                await _enter(connection, tenant, "*")
                outbox = await connection.fetchrow(_OUTBOX, tenant)
                records, age = records + outbox["records"], max(age, float(outbox["age"]))
                late = max(late, float(await connection.fetchval(_TIMERS, tenant, list(range(SHARDS))) or 0))
                parked += await connection.fetchval("SELECT count(*) FROM parked_cases WHERE tenant = $1", tenant)
            lag = await connection.fetchrow(_LAG)
        return Readings(
            outbox_age_seconds=age,
            outbox_records=records,
            timer_lateness_seconds=late,
            lag_records=int(lag["lag"]),
            lag_age_seconds=float(lag["age"]) if lag["age"] is not None else None,
            parked_cases=parked,
        )


async def _enter(connection: asyncpg.Connection, tenant: str, organisation: str) -> None:
    await connection.execute(
        "SELECT set_config('app.tenant', $1, true), set_config('app.organisation', $2, true)", tenant, organisation
    )
