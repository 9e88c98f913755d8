"""The stack's database: one of our own in the home, or one that the settings name."""

from collections.abc import Mapping
from typing import Protocol

import asyncpg

from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.postgres import PostgresServer, start_postgres
from deploy.local.postgres_roles import OWNER, ROLES, ensure_database
from deploy.local.postgres_settings import embedded_binaries
from deploy.settings import database_setting
from workflow.store.migrate import migrate

NAME = "amends"


class Database(Protocol):
    """A database that the stack can start, end and address. Starting a running one does nothing."""

    @property
    def running(self) -> bool:
        """Whether it runs, as far as that is ours to know."""
        ...

    def dsns(self) -> Mapping[str, str]:
        """Return the address for each role."""
        ...

    async def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    async def stop(self) -> None:
        """Stop it cleanly."""
        ...

    async def kill(self) -> None:
        """SIGKILL."""
        ...


class EmbeddedDatabase:
    """PostgreSQL in the home. It keeps its port while the stack runs, so that clients come back to it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._server: PostgresServer | None = None
        self._passwords = {role: home.secret_text(f"database-{role.replace('_', '-')}") for role in ROLES}

    @property
    def running(self) -> bool:
        """Whether the server process runs."""
        return self._server is not None and self._server.running

    def dsns(self) -> Mapping[str, str]:
        """Return the address for each role."""
        if self._server is None:
            raise LocalStackError("The embedded PostgreSQL was never started.")
        server = self._server
        return {role: server.dsn(role, password, NAME) for role, password in self._passwords.items()}

    async def start(self) -> None:
        """Start the server; the first time, make cluster, roles and database too."""
        if self._server is not None:
            await self._server.start()
            return
        log_path = self._home.log("postgres")
        self._server = await start_postgres(
            data_dir=self._home.postgres, binaries=embedded_binaries(), log_path=log_path
        )
        try:
            await ensure_database(self._server, NAME, self._passwords)
        except BaseException:
            await self._server.stop()
            raise

    async def stop(self) -> None:
        """Stop the server. May be called again."""
        if self._server is not None:
            await self._server.stop()

    async def kill(self) -> None:
        """SIGKILL to the server and its backends."""
        if self._server is not None:
            await self._server.kill()


class NamedDatabase:
    """A database that somebody else runs: only its addresses are ours."""

    running = True

    def __init__(self, dsns: Mapping[str, str]) -> None:
        if missing := [database_setting(role) for role in ROLES if role not in dsns]:
            raise LocalStackError(f"The settings name a database, but not {', '.join(missing)}. Set them as well.")
        self._dsns = dsns

    def dsns(self) -> Mapping[str, str]:
        """Return the address for each role."""
        return self._dsns

    async def start(self) -> None:
        """Make sure that it answers each role. Raises LocalStackError."""
        for role in ROLES:
            await check_answers(self._dsns[role], role)

    async def stop(self) -> None:
        """Leave it alone."""

    async def kill(self) -> None:
        """Refuse: it is not ours to kill."""
        raise LocalStackError("The settings name a database of somebody else's; it is not ours to kill.")


async def check_answers(dsn: str, role: str) -> None:
    """Return when the database lets the role in, else raise LocalStackError with what to look at."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise LocalStackError(
            f"The database refused {role}. Check user and password in {database_setting(role)}."
        ) from error
    except asyncpg.InvalidCatalogNameError as error:
        raise LocalStackError(
            f"The database that {database_setting(role)} names does not exist. Create it, owned by amends_owner."
        ) from error
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise LocalStackError(
            f"The database does not answer. Check the address in {database_setting(role)}, and that it runs."
        ) from error
    except (asyncpg.InterfaceError, ValueError) as error:  # what only the client can judge, as a file for TLS
        raise LocalStackError(
            f"{database_setting(role)} cannot be used as it is. Compare it with deploy/SETTINGS.md."
        ) from error
    await connection.close()


async def bring_up(database: Database) -> None:
    """Start the database and migrate it. May be called again."""
    await database.start()
    await migrate(database.dsns()[OWNER])
