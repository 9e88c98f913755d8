"""Who may do what on the agencies' topics: rules made from the register, kept by a cluster that has an authorizer."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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
)

from schemas import topics
from schemas.vocabulary import AgencyKind
from streams.topics import is_agency
from workflow.rules.facts import Organisation

ANSWER_S = 15.0
MAY_NOT = "CLUSTER_AUTHORIZATION_FAILED"


class AccessError(Exception):
    """The cluster did not take a request about its rules; carries its code and words."""

    def __init__(self, code: str, words: str) -> None:
        """Name the code, as SECURITY_DISABLED, and what the cluster said."""
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One thing that a principal may do, or is forbidden to, on a topic or as a consumer group."""

    principal: str
    operation: str
    kind: str
    name: str
    allowed: bool = True
    prefix: bool = False

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.principal} {'may' if self.allowed else 'may not'} {self.operation} on {self.place}"

    @property
    def place(self) -> str:
        """Return the topic or group that it is about."""
        return f"{self.kind} {self.name}{'*' if self.prefix else ''}"


def principal_of(agency: Organisation) -> str:
    """Return the name under which an agency signs in on Kafka; its consumer group has the same name."""
    return f"agency-{agency.slug}"


def rules_for(organisations: Iterable[Organisation]) -> tuple[Rule, ...]:
    """Return every rule that the register asks for: three an agency, and nothing for anybody else."""
    agencies = sorted(filter(is_agency, organisations), key=lambda row: row.slug)
    return tuple(rule for row in agencies for rule in agency_rules(row))


def agency_rules(agency: Organisation) -> tuple[Rule, Rule, Rule]:
    """Return what one agency may do: write its referrals, read its notices, in a group of its own."""
    who, kind = principal_of(agency), AgencyKind(agency.kind)
    return (
        Rule(who, "write", "topic", topics.referrals(kind, agency.slug)),
        Rule(who, "read", "topic", topics.notices(kind, agency.slug)),
        Rule(who, "read", "group", who),
    )


def closing_rules(agency: Organisation) -> tuple[Rule, Rule]:
    """Return what shuts an agency out of its pair: Kafka lets what is forbidden outweigh what is allowed."""
    who, kind = principal_of(agency), AgencyKind(agency.kind)
    pair = (topics.referrals(kind, agency.slug), topics.notices(kind, agency.slug))
    first, second = (Rule(who, "all", "topic", name, allowed=False) for name in pair)
    return first, second


class Authorizer:
    """The rules that a cluster keeps. Raises AccessError when it refuses, or keeps none at all."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Hand in aiokafka's connection options of a user who may alter the cluster."""
        self._options = options

    async def rules(self) -> set[Rule]:
        """Return every rule about a topic or a group, whoever made it."""
        found, cluster = await self._ask(
            lambda admin: [
                admin.describe_acls(_ANYTHING, request_timeout=ANSWER_S),
                admin.describe_cluster(include_authorized_operations=True, request_timeout=ANSWER_S),
            ]
        )
        # The client gives an empty list to whoever may not look, which would read as: there are no rules.
        if AclOperation.DESCRIBE not in (cluster.authorized_operations or ()):
            raise AccessError(MAY_NOT, "this user may not see the rules")
        return {_rule(one) for one in found if one.restype in _KINDS.values()}

    async def put(self, wanted: Iterable[Rule]) -> tuple[Rule, ...]:
        """Make the rules that are missing, and return them; may be called again."""
        there = await self.rules()
        missing = tuple(rule for rule in wanted if rule not in there)
        if missing:
            bindings = [AclBinding(*_terms(rule)) for rule in missing]
            await self._ask(lambda admin: admin.create_acls(bindings, request_timeout=ANSWER_S).values())
        return missing

    async def remove(self, unwanted: Iterable[Rule]) -> None:
        """Take these rules away; those that are not there are no matter."""
        filters = [AclBindingFilter(*_terms(rule)) for rule in unwanted]
        await self._ask(lambda admin: admin.delete_acls(filters, request_timeout=ANSWER_S).values())

    async def _ask(self, call: Callable[[Any], Iterable[Any]]) -> list[Any]:
        def answers() -> list[Any]:
            # Held by name: a client that is collected takes its answers with it.
            admin = AdminClient({**self._options, "log_level": 0})
            return [future.result(ANSWER_S) for future in call(admin)]

        try:
            return await asyncio.to_thread(answers)
        except KafkaException as error:
            said = error.args[0]
            raise AccessError(said.name(), said.str()) from None


_KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}
_make_filter: Any = AclBindingFilter  # typed for a rule, where a filter may leave things open
_ANYTHING = _make_filter(
    ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
)


def _terms(rule: Rule) -> tuple[Any, ...]:
    return (
        _KINDS[rule.kind],
        rule.name,
        ResourcePatternType.PREFIXED if rule.prefix else ResourcePatternType.LITERAL,
        f"User:{rule.principal}",
        "*",
        AclOperation[rule.operation.upper()],
        AclPermissionType.ALLOW if rule.allowed else AclPermissionType.DENY,
    )


def _rule(binding: Any) -> Rule:
    return Rule(
        principal=binding.principal.removeprefix("User:"),
        operation=binding.operation.name.lower(),
        kind=binding.restype.name.lower(),
        name=binding.name,
        allowed=binding.permission_type is AclPermissionType.ALLOW,
        prefix=binding.resource_pattern_type is ResourcePatternType.PREFIXED,
    )
