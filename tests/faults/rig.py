"""A real Kafka broker and a real PostgreSQL, opened once; each experiment gets them emptied, and tables that watch."""

import asyncio
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.postgres import PostgresServer
from deploy.local.postgres_settings import debian_binaries, embedded_binaries
from deploy.local.waiting import holds_within
from tests.databases import Database, emptied, running_server
from tests.faults.beyond import BrokerWithTwoAddresses, opened_namespace
from tests.faults.cluster import KafkaCluster
from tests.faults.copies import Pair, opened_pair

# Who moved which position and which timer, in the order of the commits: written by the database, not by the engine.
WATCHERS = """
CREATE SCHEMA IF NOT EXISTS watched;
CREATE TABLE IF NOT EXISTS watched.moves
    (n bigserial, by text, topic text, partition int, before bigint, after bigint);
CREATE TABLE IF NOT EXISTS watched.timers
    (n bigserial, what text, case_id uuid, name text, generation bigint, due_at timestamptz, transaction text);
CREATE OR REPLACE FUNCTION watched.note_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO watched.moves (by, topic, partition, before, after) VALUES (session_user, NEW.topic, NEW.partition,
        CASE WHEN TG_OP = 'UPDATE' THEN OLD.position ELSE 0 END, NEW.position);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION watched.note_timer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO watched.timers (what, case_id, name, generation, due_at, transaction)
        VALUES ('ended', OLD.case_id, OLD.name, OLD.generation, OLD.due_at, pg_current_xact_id()::xid::text);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO watched.timers (what, case_id, name, generation, due_at, transaction)
        VALUES ('set', NEW.case_id, NEW.name, NEW.generation, NEW.due_at, pg_current_xact_id()::xid::text);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER watch AFTER INSERT OR UPDATE OF position ON offsets
    FOR EACH ROW EXECUTE FUNCTION watched.note_move();
CREATE OR REPLACE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON timers
    FOR EACH ROW EXECUTE FUNCTION watched.note_timer();
TRUNCATE watched.moves, watched.timers;
"""


@dataclass(frozen=True, kw_only=True)
class Rig:
    """The broker and the database under every experiment, and a folder for logs and ledgers."""

    broker: KafkaBroker | KafkaCluster
    server: PostgresServer | Pair
    database: Database
    folder: Path
    replication: int = 1

    async def emptied(self):
        """Take away all rows and topics of the experiment before; a broker that it lost comes back empty."""
        await self.broker.start()
        await self.server.start()
        await emptied(self.database)
        connection = await asyncpg.connect(self.database.superuser)
        await connection.execute(WATCHERS)
        await connection.close()
        await self._without_topics()

    async def knows(self, names):
        """Wait until each broker has heard of these topics: one of three hears of them later than another."""

        async def all_heard():
            return all([set(names) <= await _topics(one) for one in self.broker.bootstrap.split(",")])

        assert await holds_within(all_heard, 20), "a broker did not hear of the topics"

    async def _without_topics(self):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.bootstrap)
        await admin.start()

        async def gone():
            names = [name for name in await admin.list_topics() if not name.startswith("__")]
            if names:
                with suppress(UnknownTopicOrPartitionError):
                    await admin.delete_topics(names)
            return not names

        try:
            assert await holds_within(gone, 20), "topics stayed"
        finally:
            await admin.close()


async def _topics(bootstrap):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


@asynccontextmanager
async def opened_rig(*, postgres="embedded"):
    """Start one broker and PostgreSQL, and stop both."""
    async with _opened(postgres, _one_broker) as rig:
        yield rig


@asynccontextmanager
async def opened_cluster(*, postgres="embedded"):
    """The same with three brokers, every topic three times."""
    async with _opened(postgres, KafkaCluster) as rig:
        yield replace(rig, replication=len(rig.broker.nodes))


@asynccontextmanager
async def opened_beyond(*, postgres="embedded"):
    """One broker that is also reached from a network namespace."""
    async with opened_namespace(), _opened(postgres, BrokerWithTwoAddresses) as rig:
        yield rig


@asynccontextmanager
async def opened_replicated(*, postgres="embedded"):
    """One broker, and a PostgreSQL behind an address that may lead to its replica."""
    async with _opened(postgres, _one_broker) as rig, opened_pair(rig.server) as pair:
        yield replace(rig, server=pair, database=pair.led(rig.database))


def _one_broker(home):
    return KafkaBroker(folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid")


@asynccontextmanager
async def _opened(postgres, broker_of):
    binaries = debian_binaries() if postgres == "debian" else embedded_binaries()
    with tempfile.TemporaryDirectory(prefix="amends-faults-", ignore_cleanup_errors=True) as folder:
        broker = broker_of(Home(Path(folder)))
        starting = asyncio.create_task(broker.start())  # beside PostgreSQL: each takes seconds
        try:
            async with running_server(binaries) as (server, database):
                await starting
                yield Rig(broker=broker, server=server, database=database, folder=Path(folder))
        finally:
            await asyncio.gather(starting, return_exceptions=True)
            await broker.kill()
