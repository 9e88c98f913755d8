"""Where and with whom work is done: sites, dated sessions with their free places, caseworkers with their load."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Query, Request

from workflow.portal.bodies import after_start, cursor_of, plausible_instant
from workflow.portal.gate import authorise, caller_of, parts_of
from workflow.portal_ports import MOST_ROWS, SlotFilter
from workflow.rules.facts import Slot

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["places"])


@router.get("/sites", name="list_sites")
async def list_sites(request: Request) -> dict[str, Any]:
    """Read the provider's sites; which of them lie near an affected person is told to nobody."""
    sites = await parts_of(request).reading.sites(caller_of(request))
    shown = [
        {
            "id": site.id,
            "name": site.name,
            "activities": sorted(site.activities),
            "longitude": site.longitude,
            "latitude": site.latitude,
            "suits_children": site.suits_children,
        }
        for site in sites
    ]
    return {"sites": shown}


@router.get("/sessions", name="list_sessions")
async def list_sessions(  # noqa: PLR0913, PLR0917 - each filter is a parameter of the address
    request: Request,
    free: bool | None = None,  # noqa: FBT001 - a parameter of the address, always given by name
    starting: datetime | None = Query(None, alias="from"),
    until: datetime | None = Query(None, alias="to"),
    cursor: str | None = Query(None, max_length=300),
    limit: int = Query(MOST_ROWS, ge=1, le=MOST_ROWS),
) -> dict[str, Any]:
    """Read a page of dated sessions, soonest first; `next` is the cursor of the page after it, or null."""
    starting, until = plausible_instant(starting, "from"), plausible_instant(until, "to")
    wanted = SlotFilter(starting=starting, until=until, free=free, after=after_start(cursor), limit=limit)
    slots = await parts_of(request).reading.slots(caller_of(request), wanted)
    more = len(slots) == limit
    return {
        "sessions": [_slot_view(slot) for slot in slots],
        "next": cursor_of(slots[-1].starts_at.isoformat(), slots[-1].id) if more else None,
    }


@router.get("/caseworkers", name="list_caseworkers")
async def list_caseworkers(request: Request) -> dict[str, Any]:
    """Read the provider's caseworkers and their load; whom they know personally is told to nobody."""
    staff = await parts_of(request).reading.caseworkers(caller_of(request))
    shown = [
        {
            "id": worker.id,
            "works_with_children": worker.works_with_children,
            "open_cases": worker.open_cases,
            "max_cases": worker.max_cases,
        }
        for worker in staff
    ]
    return {"caseworkers": shown}


def _slot_view(slot: Slot) -> dict[str, Any]:
    """Who holds the places is left out: a case id leads to a person."""
    return {
        "id": slot.id,
        "site": slot.site,
        "activity": slot.activity,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "capacity": slot.capacity,
        "free": max(slot.capacity - len(slot.taken), 0),
        "supervisor": slot.supervisor,
    }
