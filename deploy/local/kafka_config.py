"""The properties of a single KRaft broker, with or without passwords and access control."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.ports import HOST

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-256"
SECURITY = "org.apache.kafka.common.security"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScramSettings:
    """Clients sign in with SCRAM, and may do only what an ACL allows; `admin` may do all.

    `keystore` is a PEM file of key and certificate, which also lies beside it alone as .crt: the broker speaks TLS.
    """

    admin_password: str
    keystore: Path | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,}", self.admin_password):
            raise ValueError("the admin's password is not 8 or more letters, digits, - and _")


def properties(*, port: int, controller_port: int, data: Path, sasl: ScramSettings | None) -> Mapping[str, str]:
    """The lines of server.properties."""
    protocol = "SASL_PLAINTEXT" if sasl else "PLAINTEXT"
    outside = protocol.replace("PLAINTEXT", "SSL") if sasl and sasl.keystore else protocol
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"CLIENT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"CLIENT://{HOST}:{port}",
        "listener.security.protocol.map": f"CLIENT:{outside},CONTROLLER:{protocol}",
        "inter.broker.listener.name": "CLIENT",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        # After kill -9 a broker may register again only when its last session is over: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        **(_sasl_properties(sasl.admin_password) if sasl else {}),
        **(_tls_properties(sasl.keystore) if sasl and sasl.keystore else {}),
    }


def _sasl_properties(password: str) -> Mapping[str, str]:
    admin = f'username="{ADMIN}" password="{password}"'
    return {
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        # A controller cannot do SCRAM: it would need the metadata that it is there to serve.
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.sasl.enabled.mechanisms": MECHANISM,
        "listener.name.client.scram-sha-256.sasl.jaas.config": f"{SECURITY}.scram.ScramLoginModule required {admin};",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{SECURITY}.plain.PlainLoginModule required {admin} user_{ADMIN}="{password}";'
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "allow.everyone.if.no.acl.found": "false",
    }


def _tls_properties(keystore: Path) -> Mapping[str, str]:
    """The broker trusts its own certificate, since it is a client of itself as well."""
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keystore),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(keystore.with_suffix(".crt")),
    }


def sign_in(user: str, password: str) -> dict[str, Any]:
    """What aiokafka's clients need to sign in."""
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }
