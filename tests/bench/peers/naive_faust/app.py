"""Naive Faust: an agent reads commands, a SQLModel session keeps the case, and the event is sent after the commit.

What its guides say was done: uvloop, many coroutines an agent, no waiting for empty streams, large polls, acks=all and
a short linger, so that what is sent together goes together.
"""

import random
from contextlib import suppress

import faust
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.bench.peers.process import Plan, Refused, decide, event_bytes

PLAN = Plan.read()
AT_ONCE, POOL = 48, 24


class CaseRow(SQLModel, table=True):
    """A case."""

    __tablename__ = "cases"
    id: str = Field(primary_key=True)
    state: str
    version: int
    caseworker: str | None = None
    referral: str


class EventRow(SQLModel, table=True):
    """One of its facts."""

    __tablename__ = "case_events"
    case_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    type: str
    body: bytes


class CaseworkerRow(SQLModel, table=True):
    """A caseworker's load."""

    __tablename__ = "caseworkers"
    id: str = Field(primary_key=True)
    load: int


app = faust.App(
    "naive",
    broker=f"kafka://{PLAN.bootstrap}",
    producer_acks=-1,
    producer_linger=0.002,
    broker_max_poll_records=500,
    stream_wait_empty=False,
    topic_disable_leader=True,
    web_enabled=False,
    worker_redirect_stdouts=False,
)
engine = create_async_engine(PLAN.dsn.replace("postgresql://", "postgresql+asyncpg://"), pool_size=POOL, max_overflow=0)
commands = app.topic(PLAN.inbound, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
events = app.topic(PLAN.outbound, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


@app.agent(commands, concurrency=AT_ONCE)
async def casework(stream):
    """One command at a time in each of the agent's coroutines."""
    async for event in stream.events():
        command = dict(event.headers)["command"].decode()
        with suppress(Refused):  # a command that comes a second time
            await take(event.key.decode(), command, event.value.decode())


async def take(case_id, command, value):
    """Keep what the command makes of the case, then send the event and wait for the broker."""
    async with AsyncSession(engine, expire_on_commit=False) as session:
        case = await session.get(CaseRow, case_id)
        given = await claim(session) if command == "AllocateCaseworker" else value
        change = decide(case and case.state, command, case_id, given)
        case = case or CaseRow(id=case_id, state="", version=0, referral=value)
        case.state, case.version = change.state, case.version + 1
        case.caseworker = change.fact.get("caseworker", case.caseworker)
        body = event_bytes(change, case.version)
        session.add(case)
        session.add(EventRow(case_id=case_id, sequence=case.version, type=change.type, body=body))
        await session.commit()
    await (await events.send(key=case_id.encode(), value=body))


async def claim(session):
    """Count one more case for the least loaded caseworker whom nobody holds."""
    free = select(CaseworkerRow).order_by(CaseworkerRow.load).limit(1).with_for_update(skip_locked=True)
    found = (await session.exec(free)).first()
    if found is None:
        anybody = select(CaseworkerRow).where(CaseworkerRow.id == f"caseworker-{random.randint(1, 6)}")
        found = (await session.exec(anybody.with_for_update())).one()
    found.load += 1
    session.add(found)
    return found.id


if __name__ == "__main__":
    import sys

    sys.argv[1:] = ["-L", "uvloop", "worker", "-l", "error"]
    app.main()
