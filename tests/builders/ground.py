"""What whole processes stand on: PostgreSQL with every commit durable, a broker, and one real worker."""

import contextlib
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import asyncpg

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.pid_files import PidFile
from deploy.local.postgres import PostgresServer, start_postgres
from deploy.local.postgres_settings import embedded_binaries
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch
from deploy.local.tansu import TansuBroker, start_tansu
from deploy.settings import EngineSettings, KafkaSettings, Settings, environment_of
from deploy.stack.children import worker_ready
from streams.settings import Broker
from streams.topics import create_topics, topics_for
from tests.builders.referrals import RECEIVED_AT
from tests.databases import Database, migrated
from workflow.store.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
READY_S = 60.0
MASTER_KEY = "07" * 32
SET_CLOCK = "INSERT INTO demo_clock (one, at) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET at = $1"
CLOCK = RECEIVED_AT + timedelta(minutes=5)
"""The instant at which the database stands: soon after the referrals of the builders were sent, so nothing is due."""


@dataclass(frozen=True)
class Ground:
    """Running parts and where they are."""

    home: Home
    postgres: PostgresServer
    broker: KafkaBroker | TansuBroker
    database: Database
    settings: Settings
    partitions: dict
    versions: dict
    worker: ChildProcess | None = None

    @property
    def pids(self):
        """The first process of each part."""
        broker = PidFile.read(self.home.run / "broker.pid").pid
        return {"worker": self.worker.pid, "broker": broker, "database": self.postgres.pid}

    def start(self, name, *arguments, environment, python=sys.executable):
        """Start a module as a process, with its log in the home."""
        return ChildProcess.start(
            Launch(
                name=name,
                argv=(python, "-m", *arguments),
                folder=ROOT,
                log_path=self.home.log(name),
                pid_path=self.home.run / f"{name}.pid",
                environment={**PLAIN_ENVIRONMENT, "LC_ALL": "C.UTF-8", **environment},
            )
        )


@contextlib.asynccontextmanager
async def standing(register, *, kafka=True, kept=None, binaries=None):
    """Start everything, yield the ground with its worker ready to read, and leave nothing behind.

    A folder that is `kept` keeps its data, and stands again as it was left.
    """
    async with contextlib.AsyncExitStack() as opened:
        home = Home(kept or _thrown_away(opened))
        postgres = await _postgres(home, binaries or embedded_binaries())
        opened.push_async_callback(postgres.stop)
        broker = await _broker(home, kafka=kafka)
        opened.push_async_callback(broker.stop)
        ground = await _furnished(home, postgres, broker, register)
        worker = ground.start("worker", "deploy.cli", "worker", environment=environment_of(ground.settings))
        opened.push_async_callback(worker.kill)  # a clean stop takes seconds, and nothing is left to keep
        await worker.wait_ready(
            worker_ready(ground.database.superuser, datetime(2000, 1, 1, tzinfo=UTC)), seconds=READY_S
        )
        yield replace(ground, worker=worker)


def _thrown_away(opened):
    folder = Path(tempfile.mkdtemp(prefix="amends-ground-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    opened.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder / "home"


async def _postgres(home, binaries):
    return await start_postgres(data_dir=home.postgres, binaries=binaries, log_path=home.log("postgres"))


async def _broker(home, *, kafka):
    places = {"log_path": home.log("broker"), "pid_path": home.run / "broker.pid"}
    if not kafka or find_kafka() is None:
        return await start_tansu(**places)
    broker = KafkaBroker(folder=home.kafka, lib=find_kafka(), **places)
    await broker.start()
    return broker


async def _furnished(home, postgres, broker, register):
    database = await migrated(postgres, "amends")
    kind = Broker.KAFKA if isinstance(broker, KafkaBroker) else Broker.TANSU
    settings = Settings(
        home=home.path,
        database={"amends_worker": database.worker, "amends_portal": database.portal},
        kafka=KafkaSettings(bootstrap=broker.bootstrap, broker=kind),
        master_key=MASTER_KEY,
        worker="one",
        engine=EngineSettings(),
    )
    async with asyncpg.create_pool(database.worker, min_size=1, max_size=1) as pool:
        await Reference(pool).put_organisations(register, CLOCK)
    connection = await asyncpg.connect(database.superuser)
    await connection.execute(SET_CLOCK, CLOCK)
    versions = await _versions(connection, kind)
    await connection.close()
    wanted = topics_for(register, settings.streams())
    await create_topics(settings.streams(), wanted)
    partitions = {topic.name: topic.partitions for topic in wanted}
    return Ground(home, postgres, broker, database, settings, partitions, versions)


async def _versions(connection, kind):
    """What was measured; a database that does not keep what it commits is not measured at all."""
    off = [name for name in DURABLE if await connection.fetchval(f"SHOW {name}") != "on"]
    if off:
        raise RuntimeError(f"not durable: {', '.join(off)}")
    jars = find_kafka().glob("kafka_2.13-*.jar") if kind is Broker.KAFKA else ()
    return {
        "python": platform.python_version(),
        "postgresql": (await connection.fetchval("SHOW server_version")).split()[0],
        "broker": next((f"Apache Kafka {jar.stem.rpartition('-')[2]}" for jar in jars), "embedded (Tansu)"),
        "aiokafka": version("aiokafka"),
        "asyncpg": version("asyncpg"),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
