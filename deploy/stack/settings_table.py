"""The settings as rows of a Markdown table: name, default, meaning; made from the models that read them."""

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deploy.settings import ROLES, Settings

PREFIX = "AMENDS_"
HEAD = ("| name | default | meaning |", "|---|---|---|")
# What the models cannot say about themselves: shapes that pydantic reads from the environment, and plain meanings.
MEANINGS = {
    "AMENDS_HOME": "data, logs and keys of the embedded parts; checkpoints; the worker's own files",
    "AMENDS_KAFKA__BOOTSTRAP": "host:port, parted by commas; unset: an embedded broker under `amends up`",
    "AMENDS_KAFKA__BROKER": "`kafka`, or `tansu` for the embedded broker",
    "AMENDS_KAFKA__OPTIONS": "JSON: aiokafka's connection options, as security_protocol and sasl_plain_username",
    "AMENDS_KAFKA__CA_FILE": "PEM: who may vouch for the broker under TLS; unset: the system's authorities",
    "AMENDS_KAFKA__CERTIFICATE_FILE": "PEM: our own certificate, where the broker asks for one",
    "AMENDS_KAFKA__KEY_FILE": "PEM: its key",
    "AMENDS_KAFKA__AUTHORIZER": "true: the cluster keeps access rules, and each agency's are made with its topics",
    "AMENDS_KAFKA__GROUP": "prefix of the consumer groups",
    "AMENDS_KAFKA__REPLICATION": "copies of each topic when it is made",
    "AMENDS_KAFKA__INBOUND_PARTITIONS": "partitions of each inbound topic when it is made",
    "AMENDS_KAFKA__CASE_PARTITIONS": "partitions of `case.events` when it is made",
    "AMENDS_KAFKA__SESSION_TIMEOUT_MS": "a silent worker is replaced after this",
    "AMENDS_KAFKA__HEARTBEAT_MS": "how often a worker says that it lives",
    "AMENDS_ENGINE__BATCH": "most records in one transaction",
    "AMENDS_ENGINE__POOL": "a worker's connections to the database",
    "AMENDS_ENGINE__WATCHDOG_S": "a consumer that sleeps on records so long is started anew",
    "AMENDS_ENGINE__LEASE_S": "a silent relay or timekeeper is replaced after this",
    "AMENDS_ENGINE__SWEEP_S": "the outbox is looked at so often although nobody called",
    "AMENDS_ENGINE__CHECKPOINT_MINUTES": "minutes between signed checkpoints",
    "AMENDS_ENGINE__PROCESSING_GUARANTEE": "Faust's; anything but this is refused",
    "AMENDS_ENGINE__FAILPOINTS_ALLOWED": "for crash tests alone",
    "AMENDS_PORTAL__HOST": "address on which the pages are served",
    "AMENDS_PORTAL__PORT": "port of the pages",
    "AMENDS_PORTAL__SECURE_COOKIES": "true wherever people reach the pages by https",
    "AMENDS_PORTAL__POOL": "the portal's connections to the database",
    "AMENDS_MAIL__HOST": "SMTP server; unset: messages stay in the local mailbox",
    "AMENDS_MAIL__PORT": "its port",
    "AMENDS_MAIL__SENDER": "the address that messages come from",
    "AMENDS_MAIL__USER": "who signs in there",
    "AMENDS_MAIL__PASSWORD": "and by what",
    "AMENDS_MAIL__START_TLS": "encrypt the connection to it",
}


def settings_table() -> str:
    """Return the table."""
    return "\n".join((*HEAD, *(_row(*row) for row in settings_rows())))


def settings_rows() -> Iterator[tuple[str, str, str]]:
    """Yield name, default and meaning of every setting, in the order of the models."""
    for name, field in Settings.model_fields.items():
        if name == "database":
            yield from ((f"{PREFIX}DATABASE__{role.upper()}", "", f"DSN of the database for {role}") for role in ROLES)
            continue
        part = _part(field.annotation)
        if part is None:
            yield _told(f"{PREFIX}{name.upper()}", field)
            continue
        yield from (_told(f"{PREFIX}{name.upper()}__{inner.upper()}", it) for inner, it in part.model_fields.items())


def _told(name: str, field: FieldInfo) -> tuple[str, str, str]:
    return name, _default(field), field.description or MEANINGS.get(name, "")


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the host's name" if field.annotation is str else ""
    return "" if field.is_required() or field.default is None else str(field.default).lower()


def _part(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a setting that has parts, also where it may be left out."""
    kinds = get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _row(name: str, default: str, meaning: str) -> str:
    return f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |"
