"""What a decision reads in its transaction: cases, and the places and people they share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from schemas.envelope import Recorded
from schemas.vocabulary import ActivityKind, OrganisationKind
from workflow.case.case import Case
from workflow.ports import MessageKey, Seen
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.store.rows import EventRow, case_of, recorded_of

_SLOTS = """
SELECT s.*, coalesce(t.places, '{}') AS places, coalesce(t.cases, '{}') AS cases FROM slots s LEFT JOIN LATERAL (
    SELECT array_agg(p.place ORDER BY p.place) AS places, array_agg(p.case_id ORDER BY p.place) AS cases
    FROM slot_places p WHERE p.tenant = s.tenant AND p.slot = s.id
) t ON true
"""
NAMED_SLOTS = f"{_SLOTS} WHERE s.tenant = $1 AND s.id = ANY($2::text[]) ORDER BY s.id"
OPEN_SLOTS = f"""{_SLOTS} WHERE s.tenant = $1 AND s.provider = $2 AND s.starts_at >= $3 AND s.starts_at < $4
    AND cardinality(coalesce(t.places, '{{}}')) < s.capacity ORDER BY s.starts_at, s.id"""
KEPT_APART = """
SELECT mine.id, other.id AS other FROM cases mine
JOIN kept_apart k ON k.tenant = mine.tenant AND k.participant = mine.participant
JOIN cases other ON other.tenant = k.tenant AND other.participant = k.other
WHERE mine.tenant = $1 AND mine.id = ANY($2::uuid[])
"""
CASEWORKERS = """
SELECT c.*, ARRAY(SELECT s.person FROM staff_conflicts s WHERE s.tenant = c.tenant AND s.caseworker = c.id) AS knows
FROM caseworkers c WHERE c.tenant = $1 AND c.provider = $2 ORDER BY c.id FOR UPDATE OF c
"""


class CaseReading:
    """Cases, their histories, and the messages that came for them."""

    _connection: asyncpg.Connection
    _stands: dict[UUID, bool]

    async def seen(self, keys: Iterable[MessageKey]) -> Mapping[MessageKey, Seen]:
        """Return what is known of the given message ids."""
        asked = {(key.tenant, key.source, key.message_id): key for key in keys}
        if not asked:
            return {}
        rows = await self._connection.fetch(
            "SELECT m.* FROM messages m "
            "JOIN unnest($1::text[], $2::text[], $3::text[]) AS a(tenant, source, message_id) "
            "USING (tenant, source, message_id)",
            *map(list, zip(*asked, strict=True)),
        )
        return {asked[row["tenant"], row["source"], row["message_id"]]: _seen(row) for row in rows}

    async def cases(self, tenant: str, case_ids: Iterable[UUID]) -> Mapping[UUID, Case]:
        """Return the stored cases; unknown ids and other tenants' cases are absent."""
        rows = await self._connection.fetch(
            "SELECT id, body FROM cases WHERE tenant = $1 AND id = ANY($2::uuid[])", tenant, list(case_ids)
        )
        return {row["id"]: case_of(row["body"]) for row in rows}

    async def history(self, tenant: str, case_id: UUID) -> Sequence[Recorded]:
        """Return a case's facts, first first."""
        rows = await self._connection.fetch(
            "SELECT * FROM case_events WHERE tenant = $1 AND case_id = $2 ORDER BY sequence", tenant, case_id
        )
        return tuple(recorded_of(EventRow.of(row)) for row in rows)

    async def parked(self, tenant: str, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return which of the cases an operator must see first; one transaction asks once of each."""
        asked = frozenset(case_ids)
        if new := [case_id for case_id in asked if case_id not in self._stands]:
            rows = await self._connection.fetch(
                "SELECT case_id FROM parked_cases WHERE tenant = $1 AND case_id = ANY($2::uuid[])", tenant, new
            )
            self._stands |= dict.fromkeys(new, False) | {row["case_id"]: True for row in rows}
        return frozenset(case_id for case_id in asked if self._stands[case_id])

    async def cases_of(self, tenant: str, people: Iterable[UUID]) -> Mapping[UUID, tuple[UUID, ...]]:
        """Return the cases of each participant token, in id order; people without a case are absent."""
        wanted = list(people)
        if not wanted:
            return {}
        rows = await self._connection.fetch(
            "SELECT participant, array_agg(id ORDER BY id) AS cases FROM cases "
            "WHERE tenant = $1 AND participant = ANY($2::uuid[]) GROUP BY participant",
            *(tenant, wanted),
        )
        return {row["participant"]: tuple(row["cases"]) for row in rows}


class PlaceReading:
    """Organisations, sites, slots and staff; a transaction sees one register, one list of places and one staff."""

    _connection: asyncpg.Connection
    _registers: dict[str, Mapping[str, Organisation]]
    _sites: dict[tuple[str, str], Mapping[str, Site]]
    _open_slots: dict[tuple[str, str, datetime, datetime], Mapping[str, Slot]]
    _staff: dict[tuple[str, str], tuple[Caseworker, ...]]
    _apart: dict[UUID, frozenset[UUID]]

    async def organisations(self, tenant: str) -> Mapping[str, Organisation]:
        """Return the scheme's register of organisations by slug."""
        if tenant not in self._registers:
            rows = await self._connection.fetch("SELECT * FROM organisations WHERE tenant = $1 ORDER BY slug", tenant)
            self._registers[tenant] = {row["slug"]: organisation_of(row) for row in rows}
        return self._registers[tenant]

    async def sites(self, tenant: str, provider: str) -> Mapping[str, Site]:
        """Return the provider's sites by id."""
        if (tenant, provider) not in self._sites:
            rows = await self._connection.fetch(
                "SELECT * FROM sites WHERE tenant = $1 AND provider = $2 ORDER BY id", tenant, provider
            )
            self._sites[tenant, provider] = {row["id"]: site_of(row) for row in rows}
        return self._sites[tenant, provider]

    async def slots(self, tenant: str, slot_ids: Iterable[str]) -> Mapping[str, Slot]:
        """Return the named slots with their places taken, locked until the end, in id order."""
        wanted = sorted(set(slot_ids))
        # Locked first and read after: a row that was waited for would otherwise show places of before the wait.
        await self._connection.execute(
            "SELECT 1 FROM slots WHERE tenant = $1 AND id = ANY($2::text[]) ORDER BY id FOR UPDATE", tenant, wanted
        )
        rows = await self._connection.fetch(NAMED_SLOTS, tenant, wanted)
        return {row["id"]: slot_of(row) for row in rows}

    async def open_slots(self, tenant: str, provider: str, after: datetime, until: datetime) -> Mapping[str, Slot]:
        """Return slots with a free place that start in [after, until), not locked, soonest first."""
        asked = (tenant, provider, after, until)
        if asked not in self._open_slots:
            rows = await self._connection.fetch(OPEN_SLOTS, *asked)
            self._open_slots[asked] = {row["id"]: slot_of(row) for row in rows}
        return self._open_slots[asked]

    async def kept_apart(self, tenant: str, case_ids: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Return by case the cases whose participants must not meet its own; one transaction asks once of each."""
        asked = frozenset(case_ids)
        if new := sorted(asked - self._apart.keys()):
            self._apart |= {case_id: frozenset() for case_id in new}
            for row in await self._connection.fetch(KEPT_APART, tenant, new):
                self._apart[row["id"]] |= {row["other"]}
        return {case_id: self._apart[case_id] for case_id in asked}

    async def caseworkers(self, tenant: str, provider: str) -> tuple[Caseworker, ...]:
        """Return the provider's caseworkers with their open cases, locked until the end, in id order."""
        if (tenant, provider) not in self._staff:
            rows = await self._connection.fetch(CASEWORKERS, tenant, provider)
            self._staff[tenant, provider] = tuple(caseworker_of(row) for row in rows)
        return self._staff[tenant, provider]


def _seen(row: asyncpg.Record) -> Seen:
    return Seen(
        fingerprint=row["fingerprint"], disposition=row["disposition"], case_id=row["case_id"], reply=row["reply"]
    )


def organisation_of(row: asyncpg.Record) -> Organisation:
    """Return the organisation of a row."""
    return Organisation(
        slug=row["slug"],
        tenant=row["tenant"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        area=row["area"],
    )


def site_of(row: asyncpg.Record) -> Site:
    """Return the site of a row."""
    return Site(
        id=row["id"],
        name=row["name"],
        provider=row["provider"],
        activities=frozenset(ActivityKind(activity) for activity in row["activities"]),
        longitude=row["longitude"],
        latitude=row["latitude"],
        suits_children=row["suits_children"],
        near_affected=frozenset(row["near_affected"]),
    )


def slot_of(row: asyncpg.Record) -> Slot:
    """Return the slot of a row with its taken places."""
    return Slot(
        id=row["id"],
        site=row["site"],
        provider=row["provider"],
        activity=ActivityKind(row["activity"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        capacity=row["capacity"],
        supervisor=row["supervisor"],
        taken=dict(zip(row["places"], row["cases"], strict=True)),
    )


def caseworker_of(row: asyncpg.Record) -> Caseworker:
    """Return the caseworker of a row."""
    return Caseworker(
        id=row["id"],
        provider=row["provider"],
        works_with_children=row["works_with_children"],
        max_cases=row["max_cases"],
        open_cases=row["open_cases"],
        knows=frozenset(row["knows"]),
    )
