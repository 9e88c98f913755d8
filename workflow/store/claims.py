"""Facts that cases share: places in a slot, and a caseworker's load. Claimed in the case's own transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

import asyncpg

from workflow.machine.decision import ClaimLoad, ClaimPlace, ReleaseLoad, ReleasePlace
from workflow.ports import ClaimLostError, KeptCase, StaleCaseError
from workflow.store import statements as sql
from workflow.store.columns import columns

Place = tuple[str, int, UUID]
Load = tuple[str, UUID]


async def keep_claims(connection: asyncpg.Connection, tenant: str, cases: Iterable[KeptCase]) -> None:
    """Give back, then take, in one order for all; raise ClaimLostError for the first case that finds its claim gone."""
    kept = [case for case in cases if case.claims]
    if not kept:
        return
    await _keep_places(connection, tenant, kept)
    await _keep_loads(connection, tenant, kept)


async def _keep_places(connection: asyncpg.Connection, tenant: str, kept: list[KeptCase]) -> None:
    net = net_places(kept)
    released = sorted(place for place, change in net.items() if change < 0)
    claimed = sorted(place for place, change in net.items() if change > 0)
    if released:
        await connection.execute(sql.RELEASE_PLACES, tenant, *columns(released, 3))
    if not claimed:
        return
    try:
        rows = await connection.fetch(sql.CLAIM_PLACES, tenant, *columns(claimed, 3))
    except asyncpg.CheckViolationError as error:
        raise StaleCaseError("a slot's capacity was lowered") from error
    won = {(row["slot"], row["place"]) for row in rows}
    for slot, place, case_id in claimed:
        if (slot, place) not in won:
            raise ClaimLostError(case_id)
        won.remove((slot, place))


async def _keep_loads(connection: asyncpg.Connection, tenant: str, kept: list[KeptCase]) -> None:
    overruled = {
        (claim.caseworker, case.case.id)
        for case in kept
        for claim in case.claims
        if isinstance(claim, ClaimLoad) and claim.overruled
    }
    # Whoever gives back comes first, so that a swap within one batch finds room.
    for (caseworker, case_id), change in sorted(
        net_loads(kept).items(), key=lambda item: (item[0][0], item[1], item[0])
    ):
        arguments = (tenant, caseworker, change, (caseworker, case_id) in overruled)
        if change and await connection.fetchval(sql.CHANGE_LOAD, *arguments) is None:
            raise ClaimLostError(case_id)


def net_places(kept: Iterable[KeptCase]) -> Counter[Place]:
    """Return what is left of each case's claims and releases of a place: +1 taken, -1 given back."""
    changes: Counter[Place] = Counter()
    for case in kept:
        for claim in case.claims:
            if isinstance(claim, ClaimPlace | ReleasePlace):
                changes[claim.slot, claim.place, case.case.id] += 1 if isinstance(claim, ClaimPlace) else -1
    return changes


def net_loads(kept: Iterable[KeptCase]) -> Counter[Load]:
    """Return what is left of each case's claims and releases of a caseworker's load."""
    changes: Counter[Load] = Counter()
    for case in kept:
        for caseworker, change in _load_changes(case):
            changes[caseworker, case.case.id] += change
    return changes


def _load_changes(case: KeptCase) -> Iterator[tuple[str, int]]:
    for claim in case.claims:
        if isinstance(claim, ClaimLoad):
            yield claim.caseworker, 1
        elif isinstance(claim, ReleaseLoad):
            yield claim.caseworker, -1
