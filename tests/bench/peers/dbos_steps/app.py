"""DBOS: one durable workflow a case, a step a command.

What its guides say was done: coroutines, workflows called directly (a queue adds two writes each), a pool as large as
what needs it and without a question to the server before each use, logs off. DBOS's own transactions were tried first:
two commits a command, where a step takes one beside ours; so they are not used.
"""

import asyncio
from contextlib import suppress

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from dbos import DBOS, DBOSConfig, SetWorkflowID

from tests.bench.peers.keeping import Cases, Plain
from tests.bench.peers.process import STEPS, Plan

AT_ONCE = 64
POOL = 24


def registered(cases):
    """The workflow of a case, known to DBOS."""

    @DBOS.step()
    async def apply(command, case_id, referral):
        await cases.apply(command, case_id, referral)

    @DBOS.workflow()
    async def life(case_id, referral):
        for command in STEPS:
            await apply(command, case_id, referral if command == "SubmitReferral" else "")

    return life


async def started(life, places, record):
    """Run one case's workflow, and make room for another."""
    try:
        case_id = record.key.decode()
        with SetWorkflowID(case_id):
            await life(case_id, record.value.decode())
    finally:
        places.release()


async def main(plan):
    """Start a workflow a referral, until killed."""
    producer = AIOKafkaProducer(bootstrap_servers=plan.bootstrap, acks="all", linger_ms=2)
    consumer = AIOKafkaConsumer(
        plan.inbound, bootstrap_servers=plan.bootstrap, group_id="dbos", auto_offset_reset="earliest"
    )
    url = plan.dsn.replace("postgresql://", "postgresql+psycopg://")
    connecting = {"pool_size": POOL, "pool_pre_ping": False}
    DBOS(config=DBOSConfig(name="casework", system_database_url=url, db_engine_kwargs=connecting, log_level="ERROR"))
    places, running = asyncio.Semaphore(AT_ONCE), set()
    connections = asyncpg.create_pool(plan.dsn, min_size=POOL, max_size=POOL, connection_class=Plain)
    async with connections as pool, producer, consumer:
        life = registered(Cases(plan, pool, producer))
        DBOS.launch()
        async for record in consumer:
            await places.acquire()
            running.add(task := asyncio.create_task(started(life, places, record)))
            task.add_done_callback(running.discard)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvloop.run(main(Plan.read()))
