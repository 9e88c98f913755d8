"""A command kept and told, as the steps of the durable peers do it: one durable commit, then the event, acknowledged.

A workflow knows which state its case is in, so nothing is read first: one statement moves the case if it is at the
version before, and writes the fact. A step that runs again after a crash moves nothing, and tells what was kept.
"""

import random

from asyncpg import Connection

from tests.bench.peers.process import CASEWORKERS, MOVES, STEPS, decide, event_bytes

_NOTED = "INSERT INTO case_events (case_id, sequence, type, body) SELECT id, $3, $4, $5 FROM moved RETURNING sequence"
OPEN = f"""
WITH moved AS (
    INSERT INTO cases (id, state, version, referral) VALUES ($1, $2, $3, $6) ON CONFLICT DO NOTHING RETURNING id
) {_NOTED}
"""
MOVE = f"""
WITH moved AS (
    UPDATE cases SET state = $2, version = $3, caseworker = coalesce($6, caseworker)
    WHERE id = $1 AND version = $3 - 1 RETURNING id
) {_NOTED}
"""
KEPT = "SELECT body FROM case_events WHERE case_id = $1 AND sequence = $2"
CLAIM = """
UPDATE caseworkers SET load = load + 1 WHERE id = (
    SELECT id FROM caseworkers ORDER BY load LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""
CLAIM_ANY = "UPDATE caseworkers SET load = load + 1 WHERE id = $1 RETURNING id"


class Plain(Connection):
    """A connection that is not put back to its defaults when it returns to the pool: nothing here changes them."""

    def get_reset_query(self):
        """Nothing, which spares a round trip a command."""
        return ""


class AlreadyKept(Exception):
    """The step runs for a second time."""


class Cases:
    """What a step works with: asyncpg's pool and aiokafka's producer."""

    def __init__(self, plan, pool, producer):
        self.plan, self.pool, self.producer = plan, pool, producer

    async def apply(self, command, case_id, referral):
        """Keep what the command makes of the case, and tell it."""
        version = STEPS.index(command) + 1
        async with self.pool.acquire() as connection:
            try:
                body = await _kept(connection, command, case_id, version, referral)
            except AlreadyKept:
                body = await connection.fetchval(KEPT, case_id, version)
        await self.producer.send_and_wait(self.plan.outbound, body, key=case_id.encode())


async def _kept(connection, command, case_id, version, referral):
    if command != "AllocateCaseworker":
        return await _moved(connection, command, case_id, version, referral)
    async with connection.transaction():
        any_one = f"caseworker-{random.randint(1, CASEWORKERS)}"
        found = await connection.fetchval(CLAIM) or await connection.fetchval(CLAIM_ANY, any_one)
        return await _moved(connection, command, case_id, version, found)


async def _moved(connection, command, case_id, version, given):
    before, _, _ = MOVES[command]
    change = decide(before, command, case_id, given)
    body = event_bytes(change, version)
    statement, own = (OPEN, given) if before is None else (MOVE, change.fact.get("caseworker"))
    if await connection.fetchval(statement, case_id, change.state, version, change.type, body, own) is None:
        raise AlreadyKept(case_id)
    return body
