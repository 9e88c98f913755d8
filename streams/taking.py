"""A batch of records to one transaction: decode, hand to the office, set aside what can never be decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Self

from schemas import topics
from schemas.vocabulary import AgencyKind
from streams.codecs import BadRecord, decode_command, decode_referral, quarantined
from streams.ports import Handles
from streams.records import Incoming
from streams.topics import is_agency
from streams.trouble import DATA_ERRORS
from workflow.handlers.requests import Asked, CommandRequest, PoisonError, Share
from workflow.ports import Clock, IdSource, Position, Quarantined, Sending
from workflow.rules.facts import Organisation

PARKED = "case_parked"


@dataclass(slots=True)
class Held:
    """A partition that this source reads: `position` is the next offset, as SQL has it."""

    cluster: str
    topic: str
    partition: int
    position: int

    def read_behind(self, offset: int) -> Position:
        """Return the move to the record behind an offset, as a transaction keeps it."""
        return Position(
            cluster=self.cluster,
            topic=self.topic,
            partition=self.partition,
            expected=self.position,
            read_to=offset + 1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record on its way: the request it asks, or how it is set aside."""

    offset: int
    tenant: str
    record: Incoming
    request: Asked | None = None
    aside: Quarantined | None = None
    sender: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """Who writes which topic, from the register of organisations; the providers' machines share one."""

    organisations: Mapping[str, Organisation]
    inbound: Mapping[str, Organisation | None]

    @classmethod
    def of(cls, organisations: Mapping[str, Organisation]) -> Self:
        """Give each agency the topic that it alone writes."""
        agencies = filter(is_agency, organisations.values())
        inbound: dict[str, Organisation | None] = {
            topics.referrals(AgencyKind(row.kind), row.slug): row for row in agencies
        }
        return cls(organisations, MappingProxyType({**inbound, topics.CASE_COMMANDS: None}))

    def any_tenant(self) -> str:
        """Return a tenant under which a record of nobody can be kept."""
        return min((row.tenant for row in self.organisations.values()), default="none")


class Taker:
    """Takes the records of a partition in one transaction, those of each tenant in their order."""

    def __init__(self, office: Handles, clock: Clock, ids: IdSource) -> None:
        """Hand in who decides, what time it is and how ids are made."""
        self._office = office
        self._clock = clock
        self._ids = ids

    async def take(self, held: Held, records: Sequence[Incoming], directory: Directory) -> None:
        """Decide the records and move the position with them; raises what the store raises when nothing was kept."""
        now = await self._clock.now()
        await self._keep(held, [self._entry(record, directory, now) for record in records])

    async def _keep(self, held: Held, run: list[Entry]) -> None:
        while True:
            try:
                await self._once(held, run)
            except PoisonError as poison:
                asked = [place for place in _by_tenant(run) if run[place].request is not None]
                run = self._without(run, asked[poison.index], poison.reason)
            except DATA_ERRORS as error:
                if len(run) > 1:
                    await self._keep(held, run[: len(run) // 2])
                    run = run[len(run) // 2 :]
                elif run[0].request is None:
                    raise
                else:
                    run = self._without(run, 0, type(error).__name__)
            else:
                return

    async def _once(self, held: Held, run: Sequence[Entry]) -> None:
        position = held.read_behind(run[-1].offset)
        await self._office.handle_all(shares_of(run), position=position)
        held.position = position.read_to

    def _without(self, run: Iterable[Entry], index: int, reason: str) -> list[Entry]:
        """Set one entry aside; if it is a command, its case is parked and the commands after it wait."""
        entries = list(run)
        poisoned = entries[index].request
        entries[index] = self._aside(entries[index], f"always_fails:{reason}", parks=True)
        if isinstance(poisoned, CommandRequest):
            for later, entry in enumerate(entries):
                if later > index and _about(entry) == poisoned.case_id:
                    entries[later] = self._aside(entry, PARKED, parks=False)
        return entries

    def _aside(self, entry: Entry, reason: str, *, parks: bool) -> Entry:
        request = entry.request
        kept = quarantined(entry.record, reason, self._ids, sender=entry.sender)
        if request is not None:
            disposition = "quarantined" if parks else "parked"
            sending = Sending(source=request.key.source, number=request.sending, disposition=disposition)
            kept = replace(kept, tenant=entry.tenant, sending=sending)
        if isinstance(request, CommandRequest):
            kept = replace(kept, case_id=request.case_id, parks=parks)
        return replace(entry, request=None, aside=kept)

    def _entry(self, record: Incoming, directory: Directory, now: datetime) -> Entry:
        sender = directory.inbound.get(record.place.topic)
        tenant = sender.tenant if sender else directory.any_tenant()
        entry = Entry(offset=record.place.offset, tenant=tenant, record=record, sender=sender)
        try:
            tenant, request = self._decoded(record, sender, directory, now)
        except BadRecord as bad:
            return replace(entry, aside=quarantined(record, bad.reason, self._ids, sender=sender))
        if isinstance(request, CommandRequest):
            waiting = quarantined(record, PARKED, self._ids)
            request = replace(request, waiting=replace(waiting, tenant=tenant, case_id=request.case_id))
        return replace(entry, tenant=tenant, request=request)

    def _decoded(
        self, record: Incoming, sender: Organisation | None, directory: Directory, now: datetime
    ) -> tuple[str, Asked]:
        if record.fault is not None:
            raise BadRecord(record.fault)
        if record.place.topic == topics.CASE_COMMANDS:
            return decode_command(record, directory.organisations)
        if sender is None:
            raise BadRecord("unknown_sender")
        return sender.tenant, decode_referral(record, sender, now, self._ids)


def _by_tenant(run: Sequence[Entry]) -> list[int]:
    """Return the places of a run's entries, tenant after tenant, those of each in their order."""
    return sorted(range(len(run)), key=lambda place: run[place].tenant)


def shares_of(run: Sequence[Entry]) -> list[Share]:
    """Return what a run asks of each tenant, in the order of tenants."""
    shares: list[Share] = []
    for tenant, places in groupby(_by_tenant(run), key=lambda place: run[place].tenant):
        entries = [run[place] for place in places]
        requests = [entry.request for entry in entries if entry.request is not None]
        aside = [entry.aside for entry in entries if entry.aside is not None]
        shares.append(Share(tenant=tenant, requests=requests, quarantined=aside))
    return shares


def _about(entry: Entry) -> object:
    """Return the case that an entry's command is about, if it holds one."""
    return entry.request.case_id if isinstance(entry.request, CommandRequest) else None
