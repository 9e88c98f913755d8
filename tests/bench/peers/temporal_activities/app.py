"""Temporal: one workflow a case; each command is a local activity that keeps the case and publishes its event.

What its guides say was done: local activities, since each is short; the first workflow task comes with the answer to
the start; many slots, a sticky cache larger than what runs at once, and one partition a task queue.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from google.protobuf.duration_pb2 import Duration
from temporalio import activity, workflow
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.bench.peers.keeping import Cases, Plain
from tests.bench.peers.process import STEPS, Plan

AT_ONCE = 200
POOL = 24
QUEUE = "casework"
A_DAY = Duration(seconds=86_400)


@workflow.defn
class Life:
    """A case, as far as a proposed plan."""

    @workflow.run
    async def run(self, case_id: str, referral: str) -> None:
        for command in STEPS:
            given = referral if command == "SubmitReferral" else ""
            await workflow.execute_local_activity(
                "apply", args=[command, case_id, given], start_to_close_timeout=timedelta(seconds=30)
            )


class Activities:
    """The activity, with what it works with."""

    def __init__(self, cases):
        self.cases = cases

    @activity.defn
    async def apply(self, command: str, case_id: str, referral: str) -> None:
        await self.cases.apply(command, case_id, referral)


async def started(client, places, record):
    """Run one case's workflow, and make room for another."""
    try:
        case_id = record.key.decode()
        given = [case_id, record.value.decode()]
        await client.execute_workflow(Life.run, args=given, id=case_id, task_queue=QUEUE, request_eager_start=True)
    finally:
        places.release()


async def connected(address):
    """A client, as soon as the server answers and knows the namespace."""
    while True:
        try:
            client = await Client.connect(address)
            wanted = RegisterNamespaceRequest(namespace="default", workflow_execution_retention_period=A_DAY)
            with suppress(RPCError):  # it is there already
                await client.workflow_service.register_namespace(wanted)
            async for _ in client.list_workflows(limit=1):
                pass
        except (RPCError, RuntimeError):
            await asyncio.sleep(0.5)
        else:
            return client


async def main(plan):
    """Start a workflow a referral, until killed."""
    client = await connected(plan.server)
    producer = AIOKafkaProducer(bootstrap_servers=plan.bootstrap, acks="all", linger_ms=2)
    consumer = AIOKafkaConsumer(
        plan.inbound, bootstrap_servers=plan.bootstrap, group_id="temporal", auto_offset_reset="earliest"
    )
    places, running = asyncio.Semaphore(AT_ONCE), set()
    connections = asyncpg.create_pool(plan.dsn, min_size=POOL, max_size=POOL, connection_class=Plain)
    async with connections as pool, producer, consumer:
        worker = Worker(
            client,
            task_queue=QUEUE,
            workflows=[Life],
            activities=[Activities(Cases(plan, pool, producer)).apply],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=4 * AT_ONCE,
            max_concurrent_workflow_tasks=2 * AT_ONCE,
            max_concurrent_local_activities=2 * AT_ONCE,
            max_concurrent_workflow_task_polls=10,
            no_remote_activities=True,
        )
        async with worker:
            async for record in consumer:
                await places.acquire()
                running.add(task := asyncio.create_task(started(client, places, record)))
                task.add_done_callback(running.discard)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvloop.run(main(Plan.read()))
