"""Users and access rules of a Kafka broker with SCRAM; aiokafka's admin client has no calls for them."""

import asyncio
from collections.abc import Iterable

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public by its manual, not by its __all__
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.local.errors import LocalStackError
from deploy.local.kafka import KafkaBroker
from deploy.local.kafka_config import ADMIN, MECHANISM

ANSWER_S = 15.0
ITERATIONS = 4096  # the least that RFC 7677 allows: these passwords are random, not chosen


async def add_scram_user(broker: KafkaBroker, name: str, password: str) -> None:
    """Make a user, or set the password of the one there is."""
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, ITERATIONS)
    change = UserScramCredentialUpsertion(name, info, password.encode())

    def alter() -> None:
        admin = _admin(broker)  # held: a client that is collected takes its answers with it
        for future in admin.alter_user_scram_credentials([change], request_timeout=ANSWER_S).values():
            future.result(ANSWER_S)

    await asyncio.to_thread(alter)


async def allow(
    broker: KafkaBroker, principal: str, *, topic: str, operations: Iterable[str], group: str | None = None
) -> None:
    """Let a user do these operations (`READ`, `WRITE`, ...) on one topic, and read as one group; may be repeated."""
    rules = [_rule(principal, ResourceType.TOPIC, topic, AclOperation[name.upper()]) for name in operations]
    if group is not None:
        rules.append(_rule(principal, ResourceType.GROUP, group, AclOperation.READ))

    def create() -> None:
        admin = _admin(broker)
        for future in admin.create_acls(rules, request_timeout=ANSWER_S).values():
            future.result(ANSWER_S)

    await asyncio.to_thread(create)


def _rule(principal: str, kind: ResourceType, name: str, operation: AclOperation) -> AclBinding:
    return AclBinding(
        kind, name, ResourcePatternType.LITERAL, f"User:{principal}", "*", operation, AclPermissionType.ALLOW
    )


def _admin(broker: KafkaBroker) -> AdminClient:
    if broker.sasl is None:
        raise LocalStackError("This broker has no users: start it with ScramSettings.")
    return AdminClient(
        {
            "bootstrap.servers": broker.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": MECHANISM,
            "sasl.username": ADMIN,
            "sasl.password": broker.sasl.admin_password,
        }
    )
