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
    return (float(point["longitude"]), float(point["latitude"])) if point else None


def near_affected(site: Site, affected: Mapping[UUID, Details]) -> frozenset[UUID]:
    """Whom the site is near: as it is registered, and whoever lives within NEAR_KM."""
    homes = ((token, point_of(details)) for token, details in affected.items())
    return site.near_affected.union(token for token, home in homes if home and _is_near(site, home))


def kept_away(sites: Mapping[str, Site], participant: Details) -> Mapping[str, date]:
    """The sites within NEAR_KM of a place that the participant must keep away from, each with the last such day."""
    last: dict[str, date] = {}
    for at, until in _exclusions(participant):
        for name in (name for name, site in sites.items() if _is_near(site, at)):
            last[name] = max(until, last.get(name, until))
    return last


def _exclusions(participant: Details) -> Iterator[tuple[Place, date]]:
    for exclusion in participant.get("exclusions") or ():
        at = point_of(exclusion, "point")
        if at is not None:
            yield at, date.fromisoformat(exclusion["until"]) if exclusion.get("until") else date.max


def _is_near(site: Site, at: Place) -> bool:
    return kilometres((site.longitude, site.latitude), at) < NEAR_KM
