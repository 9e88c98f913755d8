"""How the streams are run: values that were read elsewhere and are handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from streams.tls import Tls, librdkafka_options


class Broker(StrEnum):
    """What is at the other end: it decides what may be relied on (engine.md section 9)."""

    KAFKA = "kafka"
    TANSU = "tansu"


class ExactlyOnceRefusedError(ValueError):
    """Faust's `exactly_once` crashes its worker; ours comes from the position in SQL (engine.md section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where messages leave by SMTP; without it they stay in the local mailbox."""

    host: str
    port: int = 25
    sender: str = "no-reply@localhost"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    start_tls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """Everything the streams must know. Lengths carry their unit; `client` are aiokafka's connection options."""

    bootstrap: str
    data_folder: Path
    worker: str = "worker-1"
    broker: Broker = Broker.KAFKA
    client: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    tls: Tls | None = None
    authorizer: bool = False
    group: str = "amends"
    replication: int = 1
    inbound_partitions: int = 3
    case_partitions: int = 12
    batch_most: int = 100
    session_timeout_ms: int = 6_000
    heartbeat_ms: int = 1_500
    refresh_s: float = 0.5
    idle_ms: int = 200
    watchdog_s: float = 30.0
    lease_s: float = 8.0
    sweep_s: float = 1.0
    checkpoint_minutes: int = 10
    processing_guarantee: str = "at_least_once"
    checkpoint_file: Path | None = None
    web_port: int | None = None
    failpoint: str | None = None
    failpoints_allowed: bool = False
    mail: Mail | None = None

    def __post_init__(self) -> None:
        """Refuse what is known to lose records."""
        if self.processing_guarantee != "at_least_once":
            raise ExactlyOnceRefusedError(self.processing_guarantee)

    @property
    def is_tansu(self) -> bool:
        """Whether the embedded broker is used, which lacks idempotence and static members."""
        return self.broker is Broker.TANSU

    def connection(self) -> dict[str, Any]:
        """Options with which every aiokafka client connects."""
        secured = {"ssl_context": self.tls.context()} if self.tls else {}
        return {"bootstrap_servers": self.bootstrap, **self.client, **secured}

    def administering(self) -> dict[str, Any]:
        """Return the same for confluent-kafka, which alone can speak of rules."""
        return {**librdkafka_options(self.connection()), **(self.tls.librdkafka() if self.tls else {})}

    def producing(self) -> dict[str, Any]:
        """Options of a producer that answers for what it sends; packed, what we write is a third of its size."""
        return {
            **self.connection(),
            "acks": "all",
            "enable_idempotence": not self.is_tansu,
            "compression_type": None if self.is_tansu else "lz4",
            "linger_ms": 0,
        }

    def consuming(self, group: str) -> dict[str, Any]:
        """Options of a member of a group; its committed offsets are for lag tools alone."""
        static = {} if self.is_tansu else {"group_instance_id": f"{group}-{self.worker}"}
        return {
            **self.connection(),
            **static,
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "fetch_max_wait_ms": 50 if self.is_tansu else 100,
            "session_timeout_ms": self.session_timeout_ms,
            "heartbeat_interval_ms": self.heartbeat_ms,
            "metadata_max_age_ms": 5_000,
        }
