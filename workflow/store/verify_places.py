"""Match places one by one: what folded cases hold against what slot_places says, and both against capacity."""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

import asyncpg

from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.store.report import FaultKind, Report

Place = tuple[str, str, int]
Told = tuple[Place, UUID]


async def check_places(connection: asyncpg.Connection, report: Report, told: Sequence[Told]) -> None:
    """Find places held twice, beyond the capacity, or by one side only; `told` is what all cases tell of."""
    rows = await connection.fetch("SELECT tenant, slot, place, case_id FROM slot_places")
    kept = {((row["tenant"], row["slot"], row["place"]), row["case_id"]) for row in rows}
    for place, count in Counter(place for place, _ in told).items():
        if count > 1:
            report.add(FaultKind.OVER_CAPACITY, _named(place), f"{count} cases hold this place")
    for place, case_id in sorted(set(told) - kept, key=str):
        report.add(FaultKind.PLACE_MISMATCH, _named(place), f"case {case_id} tells of a place that it does not hold")
    for place, case_id in sorted(kept - set(told), key=str):
        report.add(FaultKind.PLACE_MISMATCH, _named(place), f"held for case {case_id}, which tells of no such session")
    slots = await connection.fetch("SELECT tenant, id, capacity FROM slots")
    capacity = {(row["tenant"], row["id"]): row["capacity"] for row in slots}
    for tenant, slot, number in sorted({place for place, _ in told}):
        if number > capacity.get((tenant, slot), 0):
            report.add(FaultKind.OVER_CAPACITY, _named((tenant, slot, number)), "a place beyond the slot's capacity")


def told_by(case: Case) -> Iterator[Told]:
    """Yield each place that a case holds by what its facts tell."""
    for session in case.sessions:
        if _holds(case, session):
            yield (case.tenant, session.slot, session.place), case.id


def _holds(case: Case, session: Session) -> bool:
    """A session holds its place until it is cancelled, excused ahead, or still to come when its case ends."""
    return not session.cancelled and not session.place_given_up and (session.outcome is not None or not case.ended)


def _named(place: Place) -> str:
    tenant, slot, number = place
    return f"{tenant}/{slot}/{number}"
