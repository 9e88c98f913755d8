"""Parked cases: set aside until an operator has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from workflow.store.columns import columns

_PARK = """
INSERT INTO parked_cases (tenant, case_id, reason, at)
SELECT $1, p.case_id, p.reason, $2 FROM unnest($3::uuid[], $4::text[]) AS p(case_id, reason)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCase:
    """A case that waits for an operator, and why."""

    tenant: str
    case_id: UUID
    reason: str
    at: datetime


class SqlParking:
    """What an operator does with parked cases."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def parked(self) -> Sequence[ParkedCase]:
        """Return all parked cases, longest parked first."""
        rows = await self._pool.fetch("SELECT tenant, case_id, reason, at FROM parked_cases ORDER BY at, case_id")
        return [ParkedCase(**row) for row in rows]

    async def unpark(self, tenant: str, case_id: UUID) -> bool:
        """Let a case go on; False when it was not parked."""
        found = await self._pool.fetchval(
            "DELETE FROM parked_cases WHERE tenant = $1 AND case_id = $2 RETURNING 1", tenant, case_id
        )
        return found is not None


async def keep_parked(
    connection: asyncpg.Connection, tenant: str, parked: Sequence[tuple[UUID, str]], now: datetime
) -> None:
    """Park cases; one that is parked stays as it was."""
    if parked:
        await connection.execute(_PARK, tenant, now, *columns(parked, 2))
