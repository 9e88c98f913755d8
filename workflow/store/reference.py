"""The register: organisations, sites, slots and staff, put there again and again without harm."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from workflow.rules.facts import Caseworker, Organisation, Site, Slot

_ORGANISATION = """
INSERT INTO organisations AS o (slug, tenant, kind, name, area, registered_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (slug) DO UPDATE SET name = excluded.name, area = excluded.area
WHERE o.tenant = excluded.tenant AND o.kind = excluded.kind
RETURNING slug
"""
_SITE = """
INSERT INTO sites (tenant, id, provider, name, activities, longitude, latitude, suits_children, near_affected)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, activities = excluded.activities,
    longitude = excluded.longitude, latitude = excluded.latitude, suits_children = excluded.suits_children,
    near_affected = excluded.near_affected
"""
_SLOT = """
INSERT INTO slots (tenant, id, provider, site, activity, starts_at, ends_at, capacity, supervisor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant, id) DO UPDATE SET capacity = excluded.capacity, supervisor = excluded.supervisor
"""
_CASEWORKER = """
INSERT INTO caseworkers AS c (tenant, id, provider, works_with_children, max_cases, open_cases, overridden)
VALUES ($1, $2, $3, $4, $5, $6, $6::int > $5::int)
ON CONFLICT (tenant, id) DO UPDATE SET works_with_children = excluded.works_with_children,
    max_cases = excluded.max_cases, overridden = c.open_cases > excluded.max_cases
"""


class SlugTakenError(Exception):
    """The slug belongs to another scheme, or to an organisation of another kind."""


class Reference:
    """Puts reference rows; the same row again changes what may change."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def put_organisations(self, organisations: Iterable[Organisation], registered_at: datetime) -> None:
        """Register organisations; slugs are unique among all schemes. Raises SlugTakenError."""
        async with self._pool.acquire() as connection, connection.transaction():
            for one in organisations:
                row = (one.slug, one.tenant, one.kind, one.name, one.area, registered_at)
                if await connection.fetchval(_ORGANISATION, *row) is None:
                    raise SlugTakenError(one.slug)

    async def put_sites(self, tenant: str, sites: Iterable[Site]) -> None:
        """Put sites."""
        rows = [
            (
                *(tenant, site.id, site.provider, site.name, sorted(site.activities), site.longitude, site.latitude),
                *(site.suits_children, sorted(site.near_affected)),
            )
            for site in sites
        ]
        await self._pool.executemany(_SITE, rows)

    async def put_slots(self, tenant: str, slots: Iterable[Slot]) -> None:
        """Put slots; a place or an hour never moves, and a lower capacity un-books nobody."""
        rows = [
            (
                *(tenant, slot.id, slot.provider, slot.site, slot.activity, slot.starts_at, slot.ends_at),
                *(slot.capacity, slot.supervisor),
            )
            for slot in slots
        ]
        await self._pool.executemany(_SLOT, rows)

    async def put_caseworkers(self, tenant: str, caseworkers: Iterable[Caseworker]) -> None:
        """Put staff with whom they know; the load is the store's own count and is set at the first time only."""
        async with self._pool.acquire() as connection, connection.transaction():
            for one in caseworkers:
                row = (one.provider, one.works_with_children, one.max_cases, one.open_cases)
                await connection.execute(_CASEWORKER, tenant, one.id, *row)
                await connection.execute(
                    "DELETE FROM staff_conflicts WHERE tenant = $1 AND caseworker = $2", tenant, one.id
                )
                await connection.executemany(
                    "INSERT INTO staff_conflicts (tenant, caseworker, person) VALUES ($1, $2, $3)",
                    [(tenant, one.id, person) for person in sorted(one.knows)],
                )

    async def keep_apart(self, tenant: str, one: UUID, other: UUID) -> None:
        """Record that two participants must not meet at a session; it holds in both directions."""
        await self._pool.executemany(
            "INSERT INTO kept_apart (tenant, participant, other) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(tenant, one, other), (tenant, other, one)],
        )
