"""The log of reveals that the engine itself makes, when names are joined to a message."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg

from workflow.store.failures import kept_nothing

NOTIFIER = "notifier"
_NOTE = """
INSERT INTO consultations (id, tenant, actor, role, organisation, person, fields, why, refused, at)
VALUES ($1, $2, $3, $3, $3, $4, $5, 'notice', false, $6) ON CONFLICT DO NOTHING
"""


class SqlConsultations:
    """Notes each notice once."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def joined(self, tenant: str, people: Sequence[tuple[str, UUID, tuple[str, ...]]], at: datetime) -> None:
        """Note that names were joined to a notice; the same notice again is the same row."""
        rows = [
            (uuid5(person, f"consulted:{notice}"), tenant, NOTIFIER, person, list(fields), at)
            for notice, person, fields in people
        ]
        async with kept_nothing():
            await self._pool.executemany(_NOTE, rows)
