"""Users and access rules of a Kafka broker with SCRAM; aiokafka's admin client has no calls for them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public by its manual, not by its __all__
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.local.errors import LocalStackError
from deploy.local.kafka import KafkaBroker
from deploy.local.waiting import holds_within
from streams.access import ANSWER_S, Authorizer, Rule
from streams.tls import librdkafka_options

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


async def allow(broker: KafkaBroker, rules: Iterable[Rule]) -> None:
    """Put rules in force, and return when they are; may be repeated."""
    authorizer, wanted = Authorizer(librdkafka_options(broker.client_options())), set(rules)

    async def known() -> bool:
        return wanted <= await authorizer.rules()

    await authorizer.put(wanted)
    await _in_force(known, "the rules")


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


def _admin(broker: KafkaBroker) -> Any:  # its published types deny what its manual allows
    if broker.sasl is None:
        raise LocalStackError("This broker has no users: start it with ScramSettings.")
    return AdminClient({**librdkafka_options(broker.client_options()), "log_level": 4})
