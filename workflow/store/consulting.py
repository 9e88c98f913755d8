"""The log of reveals that the engine itself makes, when names are joined to a message."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg

from workflow.store.columns import columns
from workflow.store.failures import kept_nothing

NOTIFIER = "notifier"
_NOTE = """
INSERT INTO consultations (id, tenant, actor, role, organisation, person, fields, why, refused, at)
SELECT c.id, $3, $4, $4, $4, c.person, $5, 'notice', false, $6 FROM unnest($1::uuid[], $2::uuid[]) AS c(id, person)
ON CONFLICT DO NOTHING
"""


class SqlConsultations:
    """Notes each notice once."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def joined(
        self, tenant: str, people: Sequence[tuple[str, UUID]], fields: Sequence[str], at: datetime
    ) -> None:
        """Note that these fields of a person were joined to a notice; the same notice again is the same row."""
        rows = sorted((uuid5(person, f"consulted:{notice}"), person) for notice, person in people)
        async with kept_nothing():
            await self._pool.execute(_NOTE, *columns(rows, 2), tenant, NOTIFIER, list(fields), at)
