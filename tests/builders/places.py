"""Where and with whom work is done: invented sites, slots and caseworkers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.vocabulary import ActivityKind
from workflow.rules.facts import Caseworker, Site, Slot

PROVIDER = "remedi-derbyshire"
SITE, SLOT, CASEWORKER = "harrowfield-park", "harrowfield-park-0303", "worker-a"
SESSION_AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def a_site(**changes: Any) -> Site:
    """A park with work that suits anybody."""
    site = Site(
        id=SITE,
        name="Harrowfield Park",
        provider=PROVIDER,
        activities=frozenset({ActivityKind.LITTER_PICKING, ActivityKind.GRAFFITI_CLEANING, ActivityKind.ASB_WORKSHOP}),
        longitude=-1.478,
        latitude=52.921,
    )
    return replace(site, **changes)


def a_slot(**changes: Any) -> Slot:
    """Two hours of litter picking, on the day after the referral, with room for four."""
    slot = Slot(
        id=SLOT,
        site=SITE,
        provider=PROVIDER,
        activity=ActivityKind.LITTER_PICKING,
        starts_at=SESSION_AT,
        ends_at=SESSION_AT + timedelta(hours=2),
        capacity=4,
        supervisor="supervisor-a",
    )
    return replace(slot, **changes)


def a_caseworker(**changes: Any) -> Caseworker:
    """Somebody cleared for children, with room for more."""
    worker = Caseworker(id=CASEWORKER, provider=PROVIDER, works_with_children=True, max_cases=10, open_cases=2)
    return replace(worker, **changes)
