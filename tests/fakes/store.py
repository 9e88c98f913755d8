"""FakeStore: the Store's promises kept in memory, for fast tests. It passes the same contract suite as SqlStore."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import orjson

from tests.fakes.store_keeping import keep
from workflow.case.case import Case
from workflow.store.search_keys import IDENTIFIERS, SEARCHED, asked_keys, asked_reference, kept_keys, reference_keys
from workflow.store.searching import MOST_CANDIDATES
from workflow.store.vault import fields_bytes

_SECRET = bytes(32)


@dataclass
class Shelves:
    """All that is kept; tests may look."""

    cases: dict[tuple[str, UUID], Case] = field(default_factory=dict)
    events: dict[tuple[str, UUID], list] = field(default_factory=dict)
    timers: dict[tuple[str, UUID, str], object] = field(default_factory=dict)
    records: dict[tuple[UUID, int, int], object] = field(default_factory=dict)
    outbox: dict[tuple[UUID, int, int], str] = field(default_factory=dict)
    messages: dict[object, object] = field(default_factory=dict)
    sendings: dict[tuple[str, str], str] = field(default_factory=dict)
    offsets: dict[tuple[str, str, int], int] = field(default_factory=dict)
    quarantine: list = field(default_factory=list)
    parked: dict[tuple[str, UUID], str] = field(default_factory=dict)
    organisations: dict[str, object] = field(default_factory=dict)
    sites: dict[tuple[str, str], object] = field(default_factory=dict)
    slots: dict[tuple[str, str], object] = field(default_factory=dict)
    places: dict[tuple[str, str, int], UUID] = field(default_factory=dict)
    caseworkers: dict[tuple[str, str], object] = field(default_factory=dict)
    apart: set[tuple[str, UUID, UUID]] = field(default_factory=set)
    outcomes: dict[tuple[str, UUID], bytes] = field(default_factory=dict)
    vault: dict[tuple[str, UUID, UUID], tuple[str, bytes]] = field(default_factory=dict)
    found_by: dict[tuple[str, bytes, UUID], None] = field(default_factory=dict)
    generations: int = 0


class FakeClock:
    """Tells the instant it was set to."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self.at = at

    async def now(self) -> datetime:
        return self.at


class FakeStore:
    """A Store in memory."""

    def __init__(self, clock=None) -> None:
        self.kept = Shelves()
        self.clock = clock or FakeClock()

    @asynccontextmanager
    async def work(self, tenant):
        yield FakeWork(self.kept, await self.clock.now())

    async def put_organisations(self, organisations, registered_at):
        self.kept.organisations |= {one.slug: one for one in organisations}

    async def put_sites(self, tenant, sites):
        self.kept.sites |= {(tenant, site.id): site for site in sites}

    async def put_slots(self, tenant, slots):
        self.kept.slots |= {(tenant, slot.id): slot for slot in slots}

    async def put_caseworkers(self, tenant, caseworkers):
        for one in caseworkers:
            known = self.kept.caseworkers.get((tenant, one.id), one)
            self.kept.caseworkers[tenant, one.id] = replace(one, open_cases=known.open_cases)

    async def keep_apart(self, tenant, one, other):
        self.kept.apart |= {(tenant, one, other), (tenant, other, one)}


class FakeWork:  # noqa: PLR0904 - the port's whole breadth in one place
    """One transaction: what was sealed in it is kept with the batch, or lost with it."""

    def __init__(self, kept, now) -> None:
        self._kept = kept
        self._now = now
        self._sealed = []

    async def now(self):
        return self._now

    async def seen(self, keys):
        return {key: self._kept.messages[key] for key in keys if key in self._kept.messages}

    async def cases(self, tenant, case_ids):
        return {key: self._kept.cases[tenant, key] for key in case_ids if (tenant, key) in self._kept.cases}

    async def history(self, tenant, case_id):
        return tuple(self._kept.events.get((tenant, case_id), ()))

    async def parked(self, tenant, case_ids):
        return frozenset(key for key in case_ids if (tenant, key) in self._kept.parked)

    async def organisations(self, tenant):
        return {slug: one for slug, one in sorted(self._kept.organisations.items()) if one.tenant == tenant}

    async def sites(self, tenant, provider):
        return {
            key: site
            for (of, key), site in sorted(self._kept.sites.items())
            if (of, site.provider) == (tenant, provider)
        }

    async def slots(self, tenant, slot_ids):
        wanted = sorted(key for key in set(slot_ids) if (tenant, key) in self._kept.slots)
        return {key: self._slot(tenant, key) for key in wanted}

    async def open_slots(self, tenant, provider, after, until):
        every = (self._slot(of, key) for of, key in self._kept.slots if of == tenant)
        free = [
            s for s in every if s.provider == provider and after <= s.starts_at < until and len(s.taken) < s.capacity
        ]
        return {slot.id: slot for slot in sorted(free, key=lambda slot: (slot.starts_at, slot.id))}

    async def kept_apart(self, tenant, case_ids):
        return {case_id: self._apart(tenant, case_id) for case_id in case_ids}

    def _apart(self, tenant, case_id):
        mine = self._kept.cases.get((tenant, case_id))
        others = {other for of, one, other in self._kept.apart if mine and (of, one) == (tenant, mine.participant)}
        return frozenset(
            key for (of, key), case in self._kept.cases.items() if of == tenant and case.participant in others
        )

    async def caseworkers(self, tenant, provider):
        staff = sorted(self._kept.caseworkers.items())
        return tuple(worker for (of, _), worker in staff if (of, worker.provider) == (tenant, provider))

    async def cases_of(self, tenant, people):
        found = {person: sorted(self._of(tenant, person)) for person in people}
        return {person: tuple(cases) for person, cases in found.items() if cases}

    async def seal(self, tenant, seals, provenance):
        self._sealed.extend((tenant, seal.person, seal.ref, seal.kind, fields_bytes(seal.fields)) for seal in seals)

    async def unseal(self, tenant, wanted):
        asked, opened = set(wanted), {}
        for (of, person, _), (kind, fields) in self._vault().items():
            if of == tenant and (person, kind) in asked:
                opened[person, kind] = orjson.loads(fields)
        return opened

    async def foresee(self, tenant, *, searches=(), opening=()):
        pass

    async def search(self, tenant, details):
        asked = {digest for _, digest in asked_keys(_SECRET, details)}
        meeting = {}
        for (of, person, _), (kind, fields) in self._vault().items():
            opened = orjson.loads(fields)
            agreeing = asked & {digest for _, digest in kept_keys(_SECRET, opened)} if kind == SEARCHED else set()
            if of == tenant and agreeing:
                meeting[person] = (len(agreeing), opened)
        ranked = sorted(meeting, key=lambda person: (-meeting[person][0], person))[:MOST_CANDIDATES]
        return [(person, meeting[person][1]) for person in ranked]

    async def find(self, tenant, reference):
        asked = asked_reference(_SECRET, reference)
        found = {
            person
            for (of, person, _), (kind, fields) in self._kept.vault.items()
            if of == tenant
            and kind == IDENTIFIERS
            and asked in {digest for _, digest in reference_keys(_SECRET, orjson.loads(fields))}
        }
        return sorted(found)

    async def keep(self, *batches):
        keep(self._kept, batches, self._now)
        self._kept.vault = self._vault()

    def _vault(self):
        vault = dict(self._kept.vault)
        for tenant, person, ref, kind, fields in self._sealed:
            vault.pop((tenant, person, ref), None)
            vault[tenant, person, ref] = (kind, fields)
        return vault

    def _slot(self, tenant, key):
        taken = {place: case for (of, slot, place), case in self._kept.places.items() if (of, slot) == (tenant, key)}
        return replace(self._kept.slots[tenant, key], taken=dict(sorted(taken.items())))

    def _of(self, tenant, person):
        return (key for (of, key), case in self._kept.cases.items() if (of, case.participant) == (tenant, person))
