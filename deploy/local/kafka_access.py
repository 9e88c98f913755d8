"""Users and access rules of a Kafka broker with SCRAM; aiokafka's admin client has no calls for them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public by its manual, not by its __all__
    AclBinding,
    AclBindingFilter,
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
from deploy.local.waiting import holds_within

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

    async def known() -> bool:
        return await asyncio.to_thread(_knows_user, broker, name)

    await asyncio.to_thread(alter)
    await _in_force(known, f"the user {name}")


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

    async def known() -> bool:
        return set(rules) <= await asyncio.to_thread(_rules_of, broker, principal)

    await asyncio.to_thread(create)
    await _in_force(known, f"the rules of {principal}")


async def _in_force(known: Callable[[], Awaitable[bool]], what: str) -> None:
    # The controller answers before the broker has read its own metadata log.
    if not await holds_within(known, ANSWER_S):
        raise LocalStackError(f"Kafka accepted {what}, but did not put it in force within {ANSWER_S:g} s. Try again.")


def _knows_user(broker: KafkaBroker, name: str) -> bool:
    admin = _admin(broker)
    future = admin.describe_user_scram_credentials([name], request_timeout=ANSWER_S)[name]
    try:
        return bool(future.result(ANSWER_S).scram_credential_infos)
    except KafkaException:
        return False


def _rules_of(broker: KafkaBroker, principal: str) -> set[AclBinding]:
    admin = _admin(broker)
    anything = (ResourceType.ANY, None, ResourcePatternType.ANY)
    make: Any = AclBindingFilter  # typed for a rule, where a filter may leave things open
    of_principal = make(*anything, f"User:{principal}", None, AclOperation.ANY, AclPermissionType.ANY)
    return set(admin.describe_acls(of_principal, request_timeout=ANSWER_S).result(ANSWER_S))


def _rule(principal: str, kind: ResourceType, name: str, operation: AclOperation) -> AclBinding:
    return AclBinding(
        kind, name, ResourcePatternType.LITERAL, f"User:{principal}", "*", operation, AclPermissionType.ALLOW
    )


def _admin(broker: KafkaBroker) -> Any:  # its published types deny what its manual allows
    if broker.sasl is None:
        raise LocalStackError("This broker has no users: start it with ScramSettings.")
    return AdminClient(
        {
            "bootstrap.servers": broker.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": MECHANISM,
            "sasl.username": ADMIN,
            "sasl.password": broker.sasl.admin_password,
            "log_level": 4,
        }
    )
