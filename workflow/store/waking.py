"""What a commit tells those who wait for one: which of them it concerns."""

from enum import StrEnum

import asyncpg

WAKE_CHANNEL = "amends_wake"


class Wake(StrEnum):
    """Why somebody is woken; a notification names one reason or more."""

    RECORDS = "records"
    TIMERS = "timers"
    CLOCK = "clock"


async def wake(connection: asyncpg.Connection, *reasons: Wake) -> None:
    """Wake those whom the reasons concern; inside a transaction it arrives with the commit."""
    await connection.execute("SELECT pg_notify($1, $2)", WAKE_CHANNEL, " ".join(reasons))
