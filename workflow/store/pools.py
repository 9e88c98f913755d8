"""Pools of connections for our own processes."""

import asyncpg

# A process that is stopped in the middle of a transaction keeps its locks from everybody else no longer than this.
PATIENCE = {"idle_in_transaction_session_timeout": "10s"}


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """A connection that goes back into its pool without a round trip.

    What is set on it is set by SET LOCAL and ends with the transaction; nothing here takes advisory locks, opens
    cursors beyond a transaction, or listens on a connection of a pool.
    """

    def get_reset_query(self) -> str:
        """Return nothing to be run."""
        return ""


def worker_pool(dsn: str, *, least: int, most: int, timeout_s: float | None = None) -> asyncpg.Pool:
    """Return a pool, to be entered, for a role that acts for all tenants. The portal's keeps its full reset."""
    return asyncpg.create_pool(
        dsn,
        min_size=least,
        max_size=most,
        command_timeout=timeout_s,
        connection_class=PlainConnection,
        server_settings=PATIENCE,
    )
