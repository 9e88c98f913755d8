"""Temporal's server with its store in PostgreSQL: all four services in one process, as guides allow for one node."""

import json
import subprocess
from contextlib import asynccontextmanager

from deploy.local.ports import free_port
from deploy.local.postgres_roles import OWNER, ensure_database
from deploy.local.postgres_settings import debian_binaries
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch
from tests.bench.peers.environments import temporal_schema, temporal_server
from tests.databases import PASSWORDS

STORES = {"temporal": "temporal", "temporal_visibility": "visibility"}
SERVICES = ("frontend", "history", "matching", "worker")
SHARDS = 64
CONNECTIONS = 50
PLUGIN = "postgres12_pgx"
# One partition a task queue: with one worker, more of them only spread the pollers. Nothing is old enough to scan for.
_TUNED = {
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    "worker.taskQueueScannerEnabled": False,
    "worker.historyScannerEnabled": False,
    "worker.executionsScannerEnabled": False,
}
TUNED = {name: [{"value": value, "constraints": {}}] for name, value in _TUNED.items()}
# Go collects a quarter as often as by its default: memory is not what is short.
ENVIRONMENT = {"TEMPORAL_ALLOW_NO_AUTH": "true", "GOGC": "400"}


class TemporalServer:
    """One server; its store is made when it is first started, and kept from round to round."""

    def __init__(self, ground):
        self.ground = ground
        self.folder = ground.home.run / "temporal"
        self.ports = {name: (free_port(), free_port()) for name in SERVICES}

    @staticmethod
    def possible():
        """Whether it can run here: Go builds it, and its store needs an extension of Debian's server."""
        return debian_binaries() is not None and temporal_server() is not None

    @property
    def address(self):
        """Where its clients connect."""
        return f"127.0.0.1:{self.ports['frontend'][0]}"

    @asynccontextmanager
    async def running(self):
        """The server's process and address."""
        if not self.folder.exists():
            await self._prepare()
        server = ChildProcess.start(
            Launch(
                name="temporal",
                argv=(str(temporal_server() / "server"), "--config-file", str(self.folder / "server.yaml"), "start"),
                folder=self.folder,
                log_path=self.ground.home.log("temporal"),
                pid_path=self.folder / "server.pid",
                environment={**PLAIN_ENVIRONMENT, **ENVIRONMENT},
            )
        )
        try:
            yield server.pid, self.address
        finally:
            await server.kill()

    async def _prepare(self):
        """Make both stores with their schema, and the server's configuration."""
        self.folder.mkdir()
        for database, schema in STORES.items():
            await ensure_database(self.ground.postgres, database, PASSWORDS)
            self._schema_tool(database, "setup-schema", "--version", "0.0")
            versions = temporal_schema() / schema / "versioned"
            self._schema_tool(database, "update-schema", "--schema-dir", str(versions))
        (self.folder / "server.yaml").write_text(json.dumps(self._configuration()), encoding="utf-8")
        (self.folder / "tuned.yaml").write_text(json.dumps(TUNED), encoding="utf-8")

    def _schema_tool(self, database, *asked):
        at = ("--endpoint", self.ground.postgres.host, "--port", str(self.ground.postgres.port))
        who = ("--user", OWNER, "--password", PASSWORDS[OWNER], "--database", database, "--plugin", PLUGIN)
        subprocess.run((str(temporal_server() / "sql"), *at, *who, *asked), check=True, capture_output=True)

    def _configuration(self):
        """YAML is a superset of JSON."""
        stores = {name: {"sql": self._store(name)} for name in STORES}
        active = {"enabled": True, "initialFailoverVersion": 1, "rpcName": "frontend", "rpcAddress": self.address}
        return {
            "log": {"stdout": True, "level": "error"},
            "persistence": {
                "defaultStore": "temporal",
                "visibilityStore": "temporal_visibility",
                "numHistoryShards": SHARDS,
                "datastores": stores,
            },
            "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"}},
            "services": {name: {"rpc": self._rpc(name)} for name in SERVICES},
            "clusterMetadata": {
                "enableGlobalNamespace": False,
                "failoverVersionIncrement": 10,
                "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {"active": active},
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "publicClient": {"hostPort": self.address},
            "dynamicConfigClient": {"filepath": str(self.folder / "tuned.yaml"), "pollInterval": "60s"},
        }

    def _rpc(self, name):
        grpc, membership = self.ports[name]
        return {"grpcPort": grpc, "membershipPort": membership, "bindOnLocalHost": True}

    def _store(self, database):
        server = self.ground.postgres
        return {
            "pluginName": PLUGIN,
            "databaseName": database,
            "connectAddr": f"{server.host}:{server.port}",
            "connectProtocol": "tcp",
            "user": OWNER,
            "password": PASSWORDS[OWNER],
            "maxConns": CONNECTIONS,
            "maxIdleConns": CONNECTIONS,
            "maxConnLifetime": "1h",
        }
