"""What a setting may hold, judged before anything connects: a fault names the remedy, never the value."""

import re
from collections.abc import Mapping, Sequence
from inspect import Parameter, signature
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from schemas.problems import nearest

HIGHEST_PORT = 65_535
UNUSED = re.compile(r"sasl_(kerberos|oauth)_")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
A_DSN = "write it like postgresql://user:password@host:5432/database"
A_BROKER = "write host:port, parted by commas, as kafka-1:9092,kafka-2:9092"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
# The two others of Kafka take an object or a library that no text can name.
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
# Objects of a program, and what the two other mechanisms would need.
NOT_FOR_A_SETTING = frozenset({"loop", "ssl_context", "api_version"})
SIGNED_IN_BY = ("sasl_plain_username", "sasl_plain_password")


def sound_name(text: str) -> str:
    """Return a name that may be part of a file's and a topic's; ValueError otherwise."""
    if not NAME.fullmatch(text):
        raise ValueError("it takes letters, digits, dots, hyphens and underscores, and begins with a letter or digit")
    return text


def sound_dsn(text: str) -> str:
    """Return a database's address if its parts can be told apart; ValueError otherwise."""
    try:
        parts = urlsplit(text)
    except ValueError:  # a bracket that is never closed
        raise ValueError(f"it is no address of a database; {A_DSN}") from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"it is no address of a database; {A_DSN}")
    _check_hosts(parts)
    mode = parse_qs(parts.query).get("sslmode", ["prefer"])[0]
    if mode not in SSL_MODES:
        raise ValueError(f"its sslmode must be one of {', '.join(SSL_MODES)}")
    return text


def _check_hosts(parts: SplitResult) -> None:
    for host in parts.netloc.rpartition("@")[2].split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if ":" in host.rpartition("]")[2] and not _is_port(port):
            raise ValueError(f"its port must be a number from 1 to {HIGHEST_PORT}; {A_DSN}")


def sound_bootstrap(text: str) -> str:
    """Return brokers' addresses, each a host and a port; ValueError otherwise."""
    for address in text.split(","):
        host, colon, port = address.strip().rpartition(":")
        if not colon or not host or "/" in host:
            raise ValueError(f"it is no list of brokers; {A_BROKER}")
        if not _is_port(port):
            raise ValueError(f"a port must be a number from 1 to {HIGHEST_PORT}; {A_BROKER}")
    return text


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= HIGHEST_PORT


def sound_options(options: Mapping[str, Any]) -> None:
    """Raise ValueError for a connection option that some client of ours would not take."""
    known = options_of_every_client()
    for name, value in options.items():
        if name == "bootstrap_servers":
            raise ValueError("the brokers' addresses belong into AMENDS_KAFKA__BOOTSTRAP, not among the options")
        if name not in known:
            near = nearest(name, tuple(sorted(known)))
            raise ValueError(f"{name} is no option of a client" + (f"; did you mean {near}?" if near else ""))
        kind = type(known[name].default)
        if kind in {int, str, bool} and type(value) is not kind:
            raise ValueError(f"{name} must be {_KINDS[kind]}")
    _one_of("security_protocol", options, PROTOCOLS)
    _one_of("sasl_mechanism", options, MECHANISMS)
    if str(options.get("security_protocol", "")).startswith("SASL_"):
        missing = [name for name in SIGNED_IN_BY if not isinstance(options.get(name), str)]
        if missing:
            raise ValueError(f"{options['security_protocol']} needs {' and '.join(missing)}")


_KINDS = {int: "a whole number", str: "text", bool: "true or false"}


def options_of_every_client() -> Mapping[str, Parameter]:
    """Return the options that admin, consumer and producer all take, and a text can say."""
    admin, *others = (signature(kind).parameters for kind in (AIOKafkaAdminClient, AIOKafkaConsumer, AIOKafkaProducer))
    shared = {name: one for name, one in admin.items() if all(name in other for other in others)}
    return {name: one for name, one in shared.items() if name not in NOT_FOR_A_SETTING and not UNUSED.match(name)}


def _one_of(name: str, options: Mapping[str, Any], known: Sequence[str]) -> None:
    if name in options and options[name] not in known:
        near = nearest(options[name], tuple(known))
        raise ValueError(f"{name} is not one of {', '.join(known)}" + (f"; did you mean {near}?" if near else ""))
