"""A command kept and told, as the steps of the durable peers do it: one transaction, then the event, acknowledged.

A step may be run again after a crash: what is kept already is found by its version, and only told once more.
"""

from tests.bench.peers.process import STEPS, decide, event_bytes

READ = "SELECT state, version FROM cases WHERE id = $1 FOR UPDATE"
OPEN = "INSERT INTO cases (id, state, version, referral) VALUES ($1, $2, $3, $4)"
MOVE = "UPDATE cases SET state = $2, version = $3, caseworker = coalesce($4, caseworker) WHERE id = $1"
NOTE = "INSERT INTO case_events (case_id, sequence, type, body) VALUES ($1, $2, $3, $4)"
KEPT = "SELECT body FROM case_events WHERE case_id = $1 AND sequence = $2"
CLAIM = """
UPDATE caseworkers SET load = load + 1 WHERE id = (
    SELECT id FROM caseworkers ORDER BY load LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""
CLAIM_ANY = "UPDATE caseworkers SET load = load + 1 WHERE id = 'caseworker-1' RETURNING id"


class Cases:
    """What a step works with: asyncpg's pool and aiokafka's producer."""

    def __init__(self, plan, pool, producer):
        self.plan, self.pool, self.producer = plan, pool, producer

    async def apply(self, command, case_id, referral):
        """Keep what the command makes of the case, and tell it."""
        async with self.pool.acquire() as connection, connection.transaction():
            body = await self._kept(connection, command, case_id, referral)
        await self.producer.send_and_wait(self.plan.outbound, body, key=case_id.encode())

    async def _kept(self, connection, command, case_id, referral):
        row, version = await connection.fetchrow(READ, case_id), STEPS.index(command) + 1
        if row and row["version"] >= version:
            return await connection.fetchval(KEPT, case_id, version)
        given = referral
        if command == "AllocateCaseworker":
            given = await connection.fetchval(CLAIM) or await connection.fetchval(CLAIM_ANY)
        change = decide(row and row["state"], command, case_id, given)
        body = event_bytes(change, version)
        if row is None:
            await connection.execute(OPEN, case_id, change.state, version, referral)
        else:
            await connection.execute(MOVE, case_id, change.state, version, change.fact.get("caseworker"))
        await connection.execute(NOTE, case_id, version, change.type, body)
        return body
