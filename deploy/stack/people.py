"""Who may sign in, and as what: accounts with one-time passwords, and engagements in organisations."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from deploy.local.errors import LocalStackError
from schemas.vocabulary import Role
from workflow.portal.signing_in import hash_password
from workflow.store.keys import KeyedIds

# A locked account is locked until somebody unlocks it; the column holds an instant.
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)
# An engagement holds from a little before it is written: the portal's clock may be a demo's.
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS_EACH, GROUPS = 5, 4

_LIST = """
SELECT u.login, u.failed_attempts, u.locked_until > now() AS locked, e.tenant, e.organisation, e.role, e.staff_id,
       e.valid_from, e.valid_until
FROM users u LEFT JOIN engagements e ON e.user_id = u.id ORDER BY u.login, e.organisation, e.role
"""
_ENGAGE = """
INSERT INTO engagements (id, user_id, tenant, organisation, role, staff_id, valid_from, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)
ON CONFLICT (id) DO UPDATE SET staff_id = excluded.staff_id, valid_until = NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engaged:
    """What a person is to be for an organisation; `staff_id` names him among the provider's caseworkers."""

    organisation: str
    role: Role
    staff_id: str | None = None


def one_time_password() -> str:
    """Return a password of 99 random bits that can be read out loud."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_EACH)) for _ in range(GROUPS))
    return "-".join(groups)


class People:
    """Accounts and engagements, as an operator changes them; works as `amends_worker`."""

    def __init__(self, pool: asyncpg.Pool, ids: KeyedIds) -> None:
        self._pool = pool
        self._ids = ids

    async def listed(self) -> Sequence[dict[str, Any]]:
        """Return a row an engagement, and one for whoever has none."""
        return [dict(row) for row in await self._pool.fetch(_LIST)]

    async def add(self, login: str, password: str) -> UUID:
        """Make an account; one that is there keeps its password. May be called again."""
        name = _clean(login)
        user_id = self._ids.derive("user", name)
        await self._pool.execute(
            "INSERT INTO users (id, login, password_hash, failed_attempts) VALUES ($1, $2, $3, 0) "
            "ON CONFLICT DO NOTHING",
            user_id,
            name,
            hash_password(password),
        )
        return user_id

    async def hire(self, login: str, engaged: Engaged) -> str:
        """Make an account with a role, and return its random password: it is told once."""
        if await self._pool.fetchval("SELECT 1 FROM users WHERE login = $1", _clean(login)):
            raise LocalStackError(f"There is a user {login} already. `amends users engage` gives another role.")
        await self._tenant(engaged.organisation)
        password = one_time_password()
        await self.add(login, password)
        await self.engage(login, engaged)
        return password

    async def engage(self, login: str, engaged: Engaged, *, since: datetime = SINCE_EVER) -> None:
        """Give a person a role in an organisation. May be called again."""
        tenant = await self._tenant(engaged.organisation)
        user_id = await self._user(login)
        engagement = self._ids.derive("engagement", str(user_id), engaged.organisation, engaged.role)
        row = (engagement, user_id, tenant, engaged.organisation, engaged.role, engaged.staff_id, since)
        await self._pool.execute(_ENGAGE, *row)

    async def disengage(self, login: str, organisation: str, role: Role) -> None:
        """End an engagement now; what was done in it stays said to be done in it."""
        done = await self._pool.execute(
            "UPDATE engagements SET valid_until = now() WHERE user_id = $1 AND organisation = $2 AND role = $3",
            *(await self._user(login), organisation, role),
        )
        if done.endswith(" 0"):
            raise LocalStackError(
                f"{login} has no engagement as {role} at {organisation}. `amends users list` shows them."
            )

    async def lock(self, login: str) -> None:
        """Keep a person out until `unlock`, now: open sessions end."""
        user_id = await self._user(login)
        await self._pool.execute("UPDATE users SET locked_until = $2 WHERE id = $1", user_id, FOR_GOOD)
        await self._sign_out(user_id)

    async def unlock(self, login: str) -> None:
        """Let a person in again, whoever or whatever locked the account."""
        await self._pool.execute(
            "UPDATE users SET locked_until = NULL, failed_attempts = 0 WHERE id = $1", await self._user(login)
        )

    async def reset_password(self, login: str) -> str:
        """Set a new random password, end open sessions, and return the password: it is told once."""
        user_id, password = await self._user(login), one_time_password()
        await self._pool.execute(
            "UPDATE users SET password_hash = $2, failed_attempts = 0 WHERE id = $1", user_id, hash_password(password)
        )
        await self._sign_out(user_id)
        return password

    async def _sign_out(self, user_id: UUID) -> None:
        await self._pool.execute("DELETE FROM web_sessions WHERE user_id = $1", user_id)

    async def _user(self, login: str) -> UUID:
        found: UUID | None = await self._pool.fetchval("SELECT id FROM users WHERE login = $1", _clean(login))
        if found is None:
            raise LocalStackError(f"There is no user {login}. `amends users list` shows who there is.")
        return found

    async def _tenant(self, organisation: str) -> str:
        found: str | None = await self._pool.fetchval("SELECT tenant FROM organisations WHERE slug = $1", organisation)
        if found is None:
            raise LocalStackError(
                f"There is no organisation {organisation}. `amends organisations list` shows which there are."
            )
        return found


def _clean(login: str) -> str:
    """Logins are compared in lower case, as the sign-in page does."""
    return login.strip().casefold()
