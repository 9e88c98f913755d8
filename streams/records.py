"""A record as it came: its place, its key, its headers and its bytes; nothing of a client library."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

SENDING = "amends-sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record lies: one place of one log, for ever. Another cluster's log begins at zero as well."""

    topic: str
    partition: int
    offset: int
    cluster: str = ""

    def __str__(self) -> str:
        """Spell it as `topic:partition:offset@cluster`."""
        return f"{self.topic}:{self.partition}:{self.offset}@{self.cluster}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One record; `value` None is a tombstone. With a `fault` its bytes could not even be unpacked."""

    place: Place
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    fault: str | None = None

    @classmethod
    def of(cls, record: Any, cluster: str) -> Self:
        """Copy what matters out of a client library's record."""
        place = Place(topic=record.topic, partition=record.partition, offset=record.offset, cluster=cluster)
        headers = tuple((name, value or b"") for name, value in record.headers)
        return cls(place=place, value=record.value, key=record.key, headers=headers)

    @property
    def texts(self) -> Mapping[str, str]:
        """Headers as text by lower-case name; the first of a name counts, broken bytes and NUL become marks."""
        found: dict[str, str] = {}
        for name, value in self.headers:
            # No text of PostgreSQL holds NUL: a number of a sending with one could not even be set aside.
            found.setdefault(name.lower(), value.decode("utf-8", errors="replace").replace("\0", "\ufffd"))
        return MappingProxyType(found)

    @property
    def sending(self) -> str:
        """The number of this sending: the sender's own where it gave one, else the record's place."""
        return self.texts.get(SENDING) or str(self.place)
