"""Bearer secrets of machines: told once, kept as hashes, revoked at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from deploy.local.errors import LocalStackError
from schemas.vocabulary import Role
from workflow.portal.gate import bearer_of, secret_hash

_PUT = """
INSERT INTO credentials (id, secret_hash, tenant, organisation, role, study, created_at)
SELECT $1, $2, o.tenant, o.slug, $4, $5, now() FROM organisations o WHERE o.slug = $3
ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash RETURNING id
"""


class Credentials:
    """Secrets of agencies, providers and evaluators, as an operator gives and takes them; as `amends_worker`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def issue(self, organisation: str, *, role: Role | None = None, study: str | None = None) -> str:
        """Make a credential and return what the machine sends: it is told once."""
        credential, secret = UUID(bytes=secrets.token_bytes(16), version=4), secrets.token_urlsafe(32)
        await self.put(credential, secret, organisation, role=role, study=study)
        return bearer_of(credential, secret)

    async def put(
        self, credential: UUID, secret: str, organisation: str, *, role: Role | None = None, study: str | None = None
    ) -> None:
        """Keep a credential whose id and secret somebody chose. May be called again."""
        kept = await self._pool.fetchval(_PUT, credential, secret_hash(secret), organisation, role or "", study)
        if kept is None:
            raise LocalStackError(
                f"There is no organisation {organisation}. `amends organisations list` shows which there are."
            )

    async def revoke(self, credential: UUID) -> datetime:
        """Let it open nothing from now on, and return since when; revoking twice changes nothing."""
        at: datetime | None = await self._pool.fetchval(
            "UPDATE credentials SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING revoked_at",
            credential,
        )
        if at is None:
            raise LocalStackError(
                f"There is no credential {credential}. `amends organisations credential list` shows them."
            )
        return at

    async def listed(self) -> Sequence[dict[str, Any]]:
        """Return every credential without its secret, which nobody knows."""
        rows = await self._pool.fetch(
            "SELECT id, organisation, role, study, created_at, revoked_at FROM credentials ORDER BY organisation, id"
        )
        return [dict(row) for row in rows]
