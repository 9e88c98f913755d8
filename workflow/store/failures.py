"""What the database says, in the words of the ports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from workflow.ports import AmbiguousCommitError, StaleCaseError, StoreDownError

# Somebody else was there first, whichever way the database found out: load again, decide again.
CONTENDED = (
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says of a connection that broke while it was idle
    OSError,
    TimeoutError,
)


@asynccontextmanager
async def kept_nothing() -> AsyncIterator[None]:
    """Tell what went wrong before a commit was sent: then nothing was kept."""
    try:
        yield
    except CONTENDED as error:
        raise StaleCaseError(type(error).__name__) from error
    except LOST as error:
        raise StoreDownError(type(error).__name__) from error


@asynccontextmanager
async def perhaps_kept() -> AsyncIterator[None]:
    """Tell what went wrong after COMMIT was sent: a refusal is one, a silence is not."""
    try:
        yield
    except CONTENDED as error:
        raise StaleCaseError(type(error).__name__) from error
    except LOST as error:
        raise AmbiguousCommitError(type(error).__name__) from error
