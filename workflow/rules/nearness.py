"""Which sites are too near to somebody, or to where a participant must not be (domain.md 10 row 9, 13.20).

It is judged on sealed points; only tokens, sites and days come out.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from workflow.rules.distance import Place, kilometres
from workflow.rules.facts import Site

NEAR_KM = 0.5

Details = Mapping[str, Any]


def point_of(details: Details, field: str = "home_point") -> Place | None:
    """Return a sealed (longitude, latitude) in degrees, or None."""
    point = details.get(field)
    return _place(point) if point else None


def near_affected(site: Site, affected: Mapping[UUID, Details]) -> frozenset[UUID]:
    """Whom the site is near: as it is registered, and whoever lives or wishes a place kept free within NEAR_KM."""
    near = (token for token, details in affected.items() if any(_is_near(site, at) for at in _kept_free(details)))
    return site.near_affected.union(near)


def kept_away(sites: Mapping[str, Site], participant: Details) -> Mapping[str, date]:
    """The sites within NEAR_KM of where an order or an exclusion bars the participant, each with the last such day."""
    last: dict[str, date] = {}
    for at, until in _barred(participant):
        for name in (name for name, site in sites.items() if _is_near(site, at)):
            last[name] = max(until, last.get(name, until))
    return last


def _kept_free(affected: Details) -> Iterator[Place]:
    home = point_of(affected)
    if home is not None:
        yield home
    yield from (_place(point) for point in affected.get("exclusion_points") or ())


def _barred(participant: Details) -> Iterator[tuple[Place, date]]:
    for bar in (*(participant.get("orders") or ()), *(participant.get("exclusions") or ())):
        at = point_of(bar, "point")
        if at is not None:
            yield at, date.fromisoformat(bar["until"]) if bar.get("until") else date.max


def _is_near(site: Site, at: Place) -> bool:
    return kilometres((site.longitude, site.latitude), at) < NEAR_KM


def _place(point: Details) -> Place:
    return float(point["longitude"]), float(point["latitude"])
