"""Verify a database: chains, folds, gaps, places, meetings, outbox, timers and checkpoints, as `amends_auditor`.

Without an outside copy an edit is found only where it breaks the chain, the fold or a count: somebody who may write
every table could write the whole chain anew. Against a checkpoint kept elsewhere each edit, each cut tail, each removed
case and each rolled-back database is found and named: heads are computed from the facts, and no column is believed.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from uuid import UUID

import asyncpg

from workflow.case.case import Case
from workflow.case.evolve import fold
from workflow.store.chain import GENESIS, link_hash
from workflow.store.checkpoints import Checkpoint
from workflow.store.report import FaultKind, Report
from workflow.store.rows import EVENT_COLUMNS, EventRow, body_of, case_of, recorded_of
from workflow.store.verify_heads import Outside, believed
from workflow.store.verify_meetings import Booked, booked_by, check_meetings, read_apart
from workflow.store.verify_places import Told, check_places, told_by

READ_AHEAD = 1000
_TENANTS = "SELECT tenant FROM cases UNION SELECT tenant FROM case_events ORDER BY tenant"
_COLUMNS = ", ".join(EVENT_COLUMNS)
_EVENTS = f"SELECT {_COLUMNS} FROM case_events WHERE tenant = $1 ORDER BY case_id, sequence"  # noqa: S608 - our columns
_CASES = "SELECT id, version, body, head FROM cases WHERE tenant = $1 ORDER BY id"
_LOST_POINTERS = """
SELECT o.case_id, o.sequence, o.part FROM outbox o
LEFT JOIN case_events e ON o.part = 0 AND (e.tenant, e.case_id, e.sequence) = (o.tenant, o.case_id, o.sequence)
LEFT JOIN outward_records r ON o.part > 0 AND (r.case_id, r.sequence, r.part) = (o.case_id, o.sequence, o.part)
WHERE e.case_id IS NULL AND r.case_id IS NULL
"""
_LOST_TIMERS = """
SELECT t.case_id, t.name FROM timers t LEFT JOIN cases c ON c.tenant = t.tenant AND c.id = t.case_id WHERE c.id IS NULL
"""
Stored = Mapping[str, object] | None


async def verify(
    connection: asyncpg.Connection,
    against: Checkpoint | None = None,
    *,
    earlier: Collection[bytes] = (),
    trusted: bytes | None = None,
) -> Report:
    """Verify all of one snapshot, a case at a time; `trusted` is the public key of checkpoints as known from elsewhere.

    `earlier` are packed heads of the checkpoints before `against`, which the facts must give too. What else is
    kept in memory meanwhile grows with the places that cases hold and the people kept apart, and no more.
    """
    report, told, booked = Report(), list[Told](), list[Booked]()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        apart = await read_apart(connection)
        outside = Outside(report, against and await believed(connection, report, against, trusted), earlier)
        for (tenant,) in await connection.fetch(_TENANTS):
            async for case_id, history, stored in _side_by_side(connection, tenant):
                outside.meet(tenant, case_id, history)
                case = _check_case(report, case_id, history, stored)
                told += told_by(case) if case else ()
                booked += booked_by(case, apart) if case else ()
        outside.end()
        await check_places(connection, report, told)
        check_meetings(report, apart, booked)
        await _check_waiting(connection, report)
    return report


async def _side_by_side(
    connection: asyncpg.Connection, tenant: str
) -> AsyncIterator[tuple[UUID, list[EventRow], Stored]]:
    """Yield each case of a scheme with its facts and its row, of which one may be missing; both are read in order."""
    rows = aiter(connection.cursor(_CASES, tenant, prefetch=READ_AHEAD))
    stored = await anext(rows, None)
    async for case_id, history in _histories(connection, tenant):
        while stored is not None and stored["id"] < case_id:
            yield stored["id"], [], stored
            stored = await anext(rows, None)
        if stored is not None and stored["id"] == case_id:
            yield case_id, history, stored
            stored = await anext(rows, None)
        else:
            yield case_id, history, None
    while stored is not None:
        yield stored["id"], [], stored
        stored = await anext(rows, None)


async def _histories(connection: asyncpg.Connection, tenant: str) -> AsyncIterator[tuple[UUID, list[EventRow]]]:
    history: list[EventRow] = []
    async for row in connection.cursor(_EVENTS, tenant, prefetch=READ_AHEAD):
        event = EventRow(*row)
        if history and history[0].case_id != event.case_id:
            yield history[0].case_id, history
            history = []
        history.append(event)
    if history:
        yield history[0].case_id, history


def _check_case(report: Report, case_id: UUID, history: list[EventRow], stored: Stored) -> Case | None:
    """Check one case, count it, and return it as it folds, where it can be folded."""
    report.events += len(history)
    if not history:
        report.add(FaultKind.GAP, case_id, "a stored case has no facts")
        return None
    case = _check_history(report, case_id, history, stored)
    report.cases += case is not None
    return case


def _check_history(report: Report, case_id: UUID, history: list[EventRow], stored: Stored) -> Case | None:
    """Check the facts of one case and their fold against its row; return the folded case where it can be folded."""
    _check_chain(report, history)
    case = _folded(report, history)
    if stored is None:
        report.add(FaultKind.FOLD_MISMATCH, case_id, "facts without a stored case")
        return case
    if stored["version"] != history[-1].sequence:
        report.add(FaultKind.GAP, case_id, f"stored at version {stored['version']}, facts up to {history[-1].sequence}")
    elif stored["head"] != history[-1].hash:
        report.add(FaultKind.CHAIN_BREAK, case_id, "the stored head is not the hash of the last fact")
    if case is not None and not _same(case, stored["body"]):
        report.add(FaultKind.FOLD_MISMATCH, case_id, "the stored state is not what its facts fold to")
    return case


def _check_chain(report: Report, history: list[EventRow]) -> None:
    before = GENESIS
    for expected, row in enumerate(history, start=1):
        subject = f"{row.case_id}/{row.sequence}"
        if row.sequence != expected:
            report.add(FaultKind.GAP, subject, f"fact {expected} is missing before it")
            return
        if link_hash(row) != row.hash:
            report.add(FaultKind.CHAIN_BREAK, subject, "the hash is not that of its bytes")
        elif row.prev_hash != before:
            report.add(FaultKind.CHAIN_BREAK, subject, "it is not chained to the fact before it")
        before = row.hash


def _folded(report: Report, history: list[EventRow]) -> Case | None:
    try:
        return fold(recorded_of(row) for row in history)
    except Exception as error:  # noqa: BLE001 - whatever an edited byte does, it is a finding and not a crash
        report.add(FaultKind.FOLD_MISMATCH, history[0].case_id, f"its facts cannot be folded ({type(error).__name__})")
        return None


def _same(case: Case, body: object) -> bool:
    if body == body_of(case):
        return True
    try:
        return isinstance(body, bytes) and case_of(body) == case
    except ValueError:
        return False


async def _check_waiting(connection: asyncpg.Connection, report: Report) -> None:
    for row in await connection.fetch(_LOST_POINTERS):
        subject = f"{row['case_id']}/{row['sequence']}/{row['part']}"
        report.add(FaultKind.OUTBOX, subject, "it waits to be published and is not there")
    for row in await connection.fetch(_LOST_TIMERS):
        report.add(FaultKind.TIMER, f"{row['case_id']}/{row['name']}", "a timer of no case")
