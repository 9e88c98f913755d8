"""How a provider's people find what they work on: new cases among those to be triaged, and dated sessions."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from deploy.simulate.office import CaseFile, read, refresh
from deploy.simulate.world import Slot, World
from schemas.vocabulary import CaseState, Role

TO_TRIAGE = (CaseState.RECEIVED, CaseState.AWAITING_INFORMATION)
PAGE = 200


async def find_case(world: World, provider: str, message_id: str) -> CaseFile | None:
    """Return the case that a message opened, not yet read; None if triage has no such case.

    One looks through what is new, by the first fact of each timeline, and all others of that hour find it noted.
    """
    async with world.finding:
        if message_id not in world.cases:
            await _note_new(world, provider)
    found = world.cases.get(message_id)
    return _unread(provider, str(found)) if found else None


async def find_transferred(world: World, provider: str, from_case: str) -> CaseFile | None:
    """Return the case that a transfer opened here."""
    async for view in _cases(world, provider, CaseState.ACCEPTED):
        if str(view["transferred_from"]) == from_case:
            case = _unread(provider, str(view["id"]))
            await refresh(world, case, Role.TRIAGE)
            return case
    return None


async def dated_sessions(world: World, provider: str) -> tuple[Slot, ...]:
    """Return all dated sessions of a provider, soonest first; dates do not change, so they are read once."""
    if provider not in world.slots:
        found = [slot async for slot in _pages(world, provider, "/sessions", "sessions")]
        world.slots[provider] = tuple(found)
    return world.slots[provider]


def _unread(provider: str, case_id: str) -> CaseFile:
    return CaseFile(id=case_id, provider=provider, version=0, state=CaseState.RECEIVED)


async def _note_new(world: World, provider: str) -> None:
    for state in TO_TRIAGE:
        async for view in _cases(world, provider, state):
            await _note(world, provider, str(view["id"]))


async def _note(world: World, provider: str, case_id: str) -> None:
    if case_id in world.read_timelines:
        return
    told = await read(world, (provider, Role.TRIAGE), f"/cases/{case_id}/timeline")
    world.cases[str(told["timeline"][0]["fact"]["message_id"])] = UUID(case_id)
    world.read_timelines.add(case_id)


def _cases(world: World, provider: str, state: CaseState) -> AsyncIterator[Mapping[str, Any]]:
    return _pages(world, provider, "/cases", "cases", state=state.value)


async def _pages(world: World, provider: str, path: str, name: str, **params: Any) -> AsyncIterator[Mapping[str, Any]]:
    cursor: dict[str, str] = {}
    while True:
        page = await read(world, (provider, Role.TRIAGE), path, limit=PAGE, **params, **cursor)
        for entry in page[name]:
            yield entry
        if not page["next"]:
            return
        cursor = {"cursor": page["next"]}
