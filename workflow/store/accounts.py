"""SqlAccounts: who may sign in and call. Times are the database's own, whatever a demo's clock says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg

from schemas.vocabulary import OrganisationKind, Role
from workflow.portal_ports import Account, Credential, Engagement, WebSession
from workflow.store.failures import kept_nothing

_ENGAGEMENTS = """
SELECT e.* FROM engagements e
WHERE e.user_id = $1 AND ($2::uuid IS NULL OR e.id = $2)
  AND e.valid_from <= now() AND (e.valid_until IS NULL OR e.valid_until > now())
ORDER BY e.tenant, e.organisation, e.role, e.id
"""
_ORGANISATION = "SELECT name, kind FROM organisations WHERE tenant = $1 AND slug = $2"
_FAILED = """
UPDATE users SET
    locked_until = CASE WHEN failed_attempts + 1 >= $2 THEN now() + $3::interval ELSE locked_until END,
    failed_attempts = CASE WHEN failed_attempts + 1 >= $2 THEN 0 ELSE failed_attempts + 1 END
WHERE id = $1
"""


class SqlAccounts:
    """The Accounts of production; before somebody is known, a row shows itself to its owner alone."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def account(self, login: str) -> Account | None:
        """Return the account of a login, in any letter case, or None."""
        async with self._as() as connection:
            row = await connection.fetchrow(
                "SELECT *, coalesce(locked_until > now(), false) AS locked FROM users WHERE login = $1",
                login.casefold(),
            )
        if row is None:
            return None
        return Account(id=row["id"], login=row["login"], password_hash=row["password_hash"], locked=row["locked"])

    async def sign_in_failed(self, user_id: UUID, *, most: int, lock_for: timedelta) -> None:
        """Count a failure; the one that makes `most` locks the account for `lock_for` and starts the count anew."""
        async with self._as() as connection:
            await connection.execute(_FAILED, user_id, most, lock_for)

    async def sign_in_succeeded(self, user_id: UUID) -> None:
        """Forget earlier failures."""
        async with self._as() as connection:
            await connection.execute("UPDATE users SET failed_attempts = 0, locked_until = NULL WHERE id = $1", user_id)

    async def engagements(self, user_id: UUID) -> tuple[Engagement, ...]:
        """Return what the person is today, by organisation and role; another's are never found."""
        async with self._as(user=user_id) as connection:
            return await _engagements(connection, user_id, None)

    async def open_session(
        self, token_hash: bytes, user_id: UUID, csrf: str, *, engagement: UUID | None, lasts: timedelta
    ) -> None:
        """Keep a signed-in browser; sessions that have expired go at the same time."""
        async with self._as() as connection:
            await connection.execute("DELETE FROM web_sessions WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO web_sessions (token_hash, user_id, engagement, csrf, expires_at) "
                "VALUES ($1, $2, $3, $4, now() + $5::interval)",
                *(token_hash, user_id, engagement, csrf, lasts),
            )

    async def session(self, token_hash: bytes) -> WebSession | None:
        """Return the session if it has not expired; an engagement that no longer holds is absent."""
        async with self._as() as connection:
            row = await connection.fetchrow(
                "SELECT * FROM web_sessions WHERE token_hash = $1 AND expires_at > now()", token_hash
            )
            if row is None:
                return None
            await _enter(connection, "app.user", row["user_id"])
            chosen = row["engagement"]
            found = await _engagements(connection, row["user_id"], chosen) if chosen else ()
        return WebSession(user_id=row["user_id"], csrf=row["csrf"], engagement=next(iter(found), None))

    async def choose(self, token_hash: bytes, engagement: UUID) -> None:
        """Set the engagement that a session speaks in."""
        async with self._as() as connection:
            await connection.execute(
                "UPDATE web_sessions SET engagement = $2 WHERE token_hash = $1", token_hash, engagement
            )

    async def close_session(self, token_hash: bytes) -> None:
        """End a session; ending it twice is no error."""
        async with self._as() as connection:
            await connection.execute("DELETE FROM web_sessions WHERE token_hash = $1", token_hash)

    async def credential(self, credential_id: UUID) -> Credential | None:
        """Return a credential that nobody revoked, or None."""
        async with self._as(credential=credential_id) as connection:
            row = await connection.fetchrow(
                "SELECT * FROM credentials WHERE id = $1 AND revoked_at IS NULL", credential_id
            )
            kind = await _organisation(connection, row["tenant"], row["organisation"]) if row else None
        return _credential(row, kind["kind"]) if row and kind else None

    @asynccontextmanager
    async def _as(
        self, *, user: UUID | None = None, credential: UUID | None = None
    ) -> AsyncIterator[asyncpg.Connection]:
        async with kept_nothing(), self._pool.acquire() as connection, connection.transaction():
            for name, value in (("app.user", user), ("app.credential", credential)):
                if value is not None:
                    await _enter(connection, name, value)
            yield connection


async def _engagements(connection: asyncpg.Connection, user_id: UUID, only: UUID | None) -> tuple[Engagement, ...]:
    rows = await connection.fetch(_ENGAGEMENTS, user_id, only)
    told = [(row, await _organisation(connection, row["tenant"], row["organisation"])) for row in rows]
    return tuple(_engagement(row, organisation) for row, organisation in told if organisation)


async def _organisation(connection: asyncpg.Connection, tenant: str, slug: str) -> asyncpg.Record | None:
    await _enter(connection, "app.tenant", tenant)
    return await connection.fetchrow(_ORGANISATION, tenant, slug)


async def _enter(connection: asyncpg.Connection, name: str, value: object) -> None:
    await connection.execute("SELECT set_config($1, $2, true)", name, str(value))


def _engagement(row: asyncpg.Record, organisation: asyncpg.Record) -> Engagement:
    return Engagement(
        id=row["id"],
        user_id=row["user_id"],
        tenant=row["tenant"],
        organisation=row["organisation"],
        organisation_name=organisation["name"],
        kind=OrganisationKind(organisation["kind"]),
        role=Role(row["role"]),
        staff_id=row["staff_id"],
    )


def _credential(row: asyncpg.Record, kind: str) -> Credential:
    """A role that is none of the vocabulary's is an agency's, whose kind says what it may do."""
    return Credential(
        id=row["id"],
        secret_hash=row["secret_hash"],
        tenant=row["tenant"],
        organisation=row["organisation"],
        kind=OrganisationKind(kind),
        role=Role(row["role"]) if row["role"] in set(Role) else None,
        study=row["study"],
    )
