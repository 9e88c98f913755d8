"""Each topic's configuration, made from the register of organisations; their names are spelled in schemas.topics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from schemas import topics
from schemas.vocabulary import AgencyKind
from streams.settings import StreamSettings
from workflow.rules.facts import Organisation

DAY_MS = 24 * 60 * 60 * 1000
WEEK = MappingProxyType({"retention.ms": str(7 * DAY_MS)})
MONTH = MappingProxyType({"retention.ms": str(30 * DAY_MS)})
FOR_EVER = MappingProxyType({"retention.ms": "-1"})
COMPACTED = MappingProxyType({"cleanup.policy": "compact"})
# The broker keeps batches unpacked, and so refuses one that is small packed and too large unpacked: a worker would hold
# all of it before it could set it aside.
UNPACKED = MappingProxyType({"compression.type": "uncompressed"})
LARGEST_RECORD = MappingProxyType({"max.message.bytes": str(2 * 1024 * 1024)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic: its shape, and the row of the generated table that says what it promises."""

    name: str
    partitions: int
    key: str
    writers: str
    readers: str
    kept: str
    order: str
    config: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def is_agency(organisation: Organisation) -> bool:
    """Return whether an organisation refers people, and so has a pair of topics."""
    return organisation.kind in {kind.value for kind in AgencyKind}


def topics_for(organisations: Iterable[Organisation], settings: StreamSettings) -> tuple[Topic, ...]:
    """Return every topic of the schemes: the common ones, and a pair an agency."""
    agencies = sorted(filter(is_agency, organisations), key=lambda row: row.slug)
    pairs = (topic for row in agencies for topic in agency_topics(row, settings))
    return (*common_topics(settings), *pairs)


def agency_topics(agency: Organisation, settings: StreamSettings) -> tuple[Topic, Topic]:
    """Return the pair that one agency alone writes and alone reads: Kafka's access rules are by topic."""
    kind, slug = AgencyKind(agency.kind), agency.slug
    inbound = Topic(
        name=topics.referrals(kind, slug),
        partitions=settings.inbound_partitions,
        key="the referrer's own reference",
        writers=slug,
        readers="amends",
        kept="7 days (personal data)",
        order="by reference",
        config={**WEEK, **LARGEST_RECORD, **UNPACKED},
    )
    outbound = Topic(
        name=topics.notices(kind, slug),
        partitions=1,
        key="a token of case and organisation; before a case, the message id",
        writers="amends",
        readers=slug,
        kept="7 days",
        order="by case",
        config=WEEK,
    )
    return inbound, outbound


def common_topics(settings: StreamSettings) -> tuple[Topic, ...]:
    """Return the topics that exist whoever is registered."""
    return (
        _internal(
            topics.CASE_COMMANDS,
            settings.inbound_partitions,
            "case id",
            "7 days (personal data)",
            {**WEEK, **UNPACKED},
        ),
        _internal(topics.CASE_EVENTS, settings.case_partitions, "case id", "for ever", FOR_EVER),
        _internal(topics.NOTICES_AFFECTED_PERSON, settings.inbound_partitions, "recipient token", "7 days", WEEK),
        _internal(topics.NOTICES_PARTICIPANT, settings.inbound_partitions, "recipient token", "7 days", WEEK),
        _outward(topics.OUTCOMES_EVALUATION, "study token", "the study's life, compacted", COMPACTED),
        _outward(topics.AUDIT_CHECKPOINTS, "tenant", "for ever", FOR_EVER),
        _outward(topics.DEAD_LETTERS, "fingerprint", "30 days", MONTH),
    )


def topic_table(organisations: Iterable[Organisation], settings: StreamSettings) -> Sequence[tuple[str, ...]]:
    """Return the rows of the generated topic table: name, key, writers, readers, kept, order, partitions."""
    return [
        (one.name, one.key, one.writers, one.readers, one.kept, one.order, str(one.partitions))
        for one in topics_for(organisations, settings)
    ]


async def create_topics(settings: StreamSettings, wanted: Iterable[Topic]) -> tuple[str, ...]:
    """Make the topics that do not exist yet and return their names; those there are stay as they are."""
    admin = AIOKafkaAdminClient(**settings.connection())
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        if missing:
            _raise_refusal(await admin.create_topics([_new(topic, settings) for topic in missing]))
        return tuple(topic.name for topic in missing)
    finally:
        await admin.close()


def _new(topic: Topic, settings: StreamSettings) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=topic.partitions,
        replication_factor=settings.replication,
        topic_configs=dict(topic.config),
    )


def _raise_refusal(response: Any) -> None:
    """Raise what the broker refused; that somebody else made the topic meanwhile is no refusal."""
    for _, code, *_ in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error


def _internal(name: str, partitions: int, key: str, kept: str, config: Mapping[str, str]) -> Topic:
    writers = "the providers' machines" if name == topics.CASE_COMMANDS else "amends"
    return Topic(
        name=name,
        partitions=partitions,
        key=key,
        writers=writers,
        readers="amends",
        kept=kept,
        order=f"by {key}",
        config=config,
    )


def _outward(name: str, key: str, kept: str, config: Mapping[str, str]) -> Topic:
    readers = "evaluators" if name.startswith("outcomes.") else "auditors and operators"
    return Topic(
        name=name,
        partitions=1,
        key=key,
        writers="amends",
        readers=readers,
        kept=kept,
        order="by topic",
        config=config,
    )
