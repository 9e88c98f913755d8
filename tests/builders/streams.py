"""What the tests of the streams share: records, a small register, an office that remembers, an SQL made of dicts."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid5

from schemas.vocabulary import OrganisationKind
from streams.records import Incoming, Place
from streams.settings import Broker, StreamSettings
from workflow.handlers.requests import Answer, Disposition
from workflow.ports import StalePositionError
from workflow.rules.facts import Organisation

NOW = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
NAMESPACE = UUID("5f3d1c52-0000-4000-8000-000000000001")


class PlainIds:
    """Ids without a key; good enough where nobody attacks."""

    def derive(self, *parts):
        return uuid5(NAMESPACE, "/".join(parts))

    def fingerprint(self, value):
        return hashlib.sha256(b"test" + value).digest()


class StandingClock:
    def __init__(self, at=NOW):
        self.at = at

    async def now(self):
        return self.at


def an_organisation(slug="derbyshire-police", kind=OrganisationKind.POLICE, tenant="derbyshire"):
    return Organisation(slug=slug, tenant=tenant, kind=kind, name=slug.title())


def a_register(*rows):
    rows = rows or (an_organisation(), an_organisation("a-provider", OrganisationKind.PROVIDER))
    return {row.slug: row for row in rows}


def a_record(value=b"{}", *, topic="referrals.police.derbyshire-police", partition=0, offset=0, headers=(), key=None):
    body = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    place = Place(topic=topic, partition=partition, offset=offset, cluster="c1")
    return Incoming(place=place, value=body, key=key, headers=tuple((k, v.encode()) for k, v in dict(headers).items()))


def some_settings(bootstrap="nowhere:1", *, broker=Broker.TANSU, folder=Path("/nonexistent"), **changes):
    return StreamSettings(bootstrap=bootstrap, data_folder=folder, broker=broker, **changes)


class Register:
    def __init__(self, *rows):
        self.rows = a_register(*rows)

    async def all_organisations(self):
        return dict(self.rows)


class Positions:
    """Positions that an office below moves by compare-and-set, as the real store does."""

    def __init__(self):
        self.at = {}
        self.lag = {}

    async def positions(self, cluster, partitions):
        return {one: self.at[cluster, *one] for one in partitions if (cluster, *one) in self.at}

    async def write_lag(self, lags):
        self.lag |= lags

    def move(self, position):
        place = (position.cluster, position.topic, position.partition)
        if self.at.get(place, position.expected) != position.expected:
            raise StalePositionError(str(place))
        self.at[place] = position.read_to


class RememberingOffice:
    """Takes every request and remembers it; `spoil` may raise for a batch."""

    def __init__(self, positions, spoil=lambda requests: None):
        self.positions = positions
        self.taken = []
        self.aside = []
        self.batches = []
        self.spoil = spoil

    async def handle_all(self, shares, *, position=None):
        requests = [request for share in shares for request in share.requests]
        self.spoil(requests)
        if position is not None:
            self.positions.move(position)
        self.taken += requests
        self.aside += [one for share in shares for one in share.quarantined]
        self.batches.append([(share.tenant, len(share.requests), len(share.quarantined)) for share in shares])
        return tuple(Answer(disposition=Disposition.APPLIED) for _ in requests)


def a_kafka_record(value, **place):
    """A record as aiokafka hands it over."""
    return SimpleNamespace(value=value, key=None, headers=(), **place)
