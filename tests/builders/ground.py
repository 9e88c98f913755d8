"""What a benchmark stands on: PostgreSQL with every commit durable, Apache Kafka where it is found, one real worker."""

import asyncio
import contextlib
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import asyncpg

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.pid_files import PidFile
from deploy.local.postgres import start_postgres
from deploy.local.postgres_roles import OWNER, ensure_database
from deploy.local.postgres_settings import embedded_binaries
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch
from deploy.local.tansu import start_tansu
from deploy.settings import EngineSettings, KafkaSettings, Settings, environment_of
from deploy.stack.children import worker_ready
from schemas.vocabulary import OrganisationKind
from streams.settings import Broker
from streams.topics import create_topics, topics_for
from tests.bench.referrals import CLOCK
from tests.builders.streams import an_organisation
from tests.databases import PASSWORDS, migrated
from workflow.store.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
READY_S = 60.0
REGISTER = (
    an_organisation(),
    an_organisation("mend-derbyshire", OrganisationKind.PROVIDER),
    an_organisation("derby-city-youth-justice", OrganisationKind.YOUTH_JUSTICE),
)


@dataclass(frozen=True)
class Ground:
    """Running parts and where they are; the pipe has a database of its own on the same server."""

    home: Home
    postgres: object
    broker: object
    broker_pid: int
    settings: Settings
    superuser: str
    pipe_dsn: str
    partitions: dict
    versions: dict
    worker: ChildProcess | None = None

    @property
    def pids(self):
        """The first process of each part."""
        return {"worker": self.worker.pid, "broker": self.broker_pid, "database": self.postgres.pid}

    def start(self, name, *arguments, environment):
        """Start a process of ours with its log in the home."""
        return ChildProcess.start(
            Launch(
                name=name,
                argv=(sys.executable, "-m", *arguments),
                folder=ROOT,
                log_path=self.home.log(name),
                pid_path=self.home.run / f"{name}.pid",
                environment={**PLAIN_ENVIRONMENT, "LC_ALL": "C.UTF-8", **environment},
            )
        )


@contextlib.asynccontextmanager
async def standing(*, kafka=True):
    """Start everything, yield the ground with its worker ready to read, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="amends-bench-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    async with contextlib.AsyncExitStack() as opened:
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        home = Home(folder / "home")
        postgres, broker = await asyncio.gather(_postgres(home), _broker(home, kafka=kafka))
        opened.push_async_callback(postgres.stop)
        opened.push_async_callback(broker.stop)
        ground = await _furnished(home, postgres, broker)
        worker = ground.start("worker", "deploy.cli", "worker", environment=environment_of(ground.settings))
        opened.push_async_callback(worker.kill)  # a clean stop takes seconds, and nothing is left to keep
        await worker.wait_ready(worker_ready(ground.superuser, datetime(2000, 1, 1, tzinfo=UTC)), seconds=READY_S)
        yield replace(ground, worker=worker)


async def _postgres(home):
    return await start_postgres(data_dir=home.postgres, binaries=embedded_binaries(), log_path=home.log("postgres"))


async def _broker(home, *, kafka):
    places = {"log_path": home.log("broker"), "pid_path": home.run / "broker.pid"}
    if not kafka or find_kafka() is None:
        return await start_tansu(**places)
    broker = KafkaBroker(folder=home.kafka, lib=find_kafka(), **places)
    await broker.start()
    return broker


async def _furnished(home, postgres, broker):
    database = await migrated(postgres, "amends")
    await ensure_database(postgres, "pipe", PASSWORDS)
    kind = Broker.KAFKA if isinstance(broker, KafkaBroker) else Broker.TANSU
    settings = Settings(
        home=home.path,
        database={"amends_worker": database.worker},
        kafka=KafkaSettings(bootstrap=broker.bootstrap, broker=kind),
        master_key="07" * 32,
        worker="bench",
        engine=EngineSettings(),
    )
    async with asyncpg.create_pool(database.worker, min_size=1, max_size=1) as pool:
        await Reference(pool).put_organisations(REGISTER, CLOCK)
    connection = await asyncpg.connect(database.superuser)
    await connection.execute("INSERT INTO demo_clock (one, at) VALUES (true, $1)", CLOCK)
    versions = await _versions(connection, kind)
    await connection.close()
    wanted = topics_for(REGISTER, settings.streams())
    await create_topics(settings.streams(), wanted)
    pid = PidFile.read(home.run / "broker.pid").pid
    pipe = postgres.dsn(OWNER, PASSWORDS[OWNER], "pipe")
    partitions = {topic.name: topic.partitions for topic in wanted}
    return Ground(home, postgres, broker, pid, settings, database.superuser, pipe, partitions, versions)


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
