"""The database and the four login roles, none of them superuser."""

from collections.abc import Mapping

import asyncpg

from deploy.local.errors import LocalStackError
from deploy.local.postgres import PostgresServer

OWNER = "amends_owner"
ROLES = (OWNER, "amends_worker", "amends_portal", "amends_auditor")
ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
# Any number will do; two starts at once must not both make the same role.
LOCK = 7_264_301


async def ensure_database(server: PostgresServer, name: str, roles: Mapping[str, str]) -> None:
    """Make the database and its roles, or set the roles' passwords when they exist; `roles` is name to password."""
    if set(roles) != set(ROLES):
        raise LocalStackError(f"A database needs a password for each of {', '.join(ROLES)}, and for no other role.")
    connection = await asyncpg.connect(server.superuser_dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        for role, password in roles.items():
            await _ensure_role(connection, role, password)
        await _ensure_database(connection, name)
    finally:
        await connection.close()


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if known else "CREATE"
    await _run(connection, f"{verb} ROLE %I {ATTRIBUTES} PASSWORD %L", role, password)


async def _ensure_database(connection: asyncpg.Connection, name: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await _run(connection, "CREATE DATABASE %I OWNER %I", name, OWNER)
    await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", name)
    for role in ROLES:
        await _run(connection, "GRANT CONNECT ON DATABASE %I TO %I", name, role)


async def _run(connection: asyncpg.Connection, template: str, *names: str) -> None:
    """Run a statement that takes no parameters; the server itself quotes what goes into it."""
    quoted = await connection.fetchval("SELECT format($1, VARIADIC $2::text[])", template, list(names))
    await connection.execute(quoted)
