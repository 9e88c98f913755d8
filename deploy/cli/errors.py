"""Which faults a person at the terminal can mend, and the one line that says how."""

from collections.abc import Callable, Mapping

import asyncpg

from deploy.local.errors import LocalStackError
from workflow.schemes import SchemeError
from workflow.store.migrate import NewerSchemaError

LINES: Mapping[type[BaseException], Callable[[BaseException], str]] = {
    LocalStackError: str,
    NewerSchemaError: str,
    SchemeError: str,
    asyncpg.InvalidPasswordError: lambda _: "The database refused the password. Check the AMENDS_DATABASE settings.",
    asyncpg.CannotConnectNowError: lambda _: "The database is starting or stopping. Try again in a moment.",
    ConnectionRefusedError: lambda _: "Nothing answers there. Check that the database and the broker are running.",
}


def plain_line(error: BaseException) -> str | None:
    """Return the line for a fault that a person can mend, or None for one of ours."""
    if isinstance(error, BaseExceptionGroup):
        lines = [plain_line(inner) for inner in error.exceptions]
        return lines[0] if lines and all(lines) else None
    line = next((say for kind, say in LINES.items() if isinstance(error, kind)), None)
    return line(error) if line else None
