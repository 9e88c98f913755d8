"""What the database does to whoever works with it: an outage, after which it is asked again, or a refusal of data."""

import asyncpg

from workflow.ports import AmbiguousCommitError, StoreDownError

# After each of these nobody knows, or need know, what was kept.
STORE_TROUBLE = (StoreDownError, AmbiguousCommitError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
# What the data itself does to the database, every time: poison, where other database errors are an outage.
DATA_ERRORS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
