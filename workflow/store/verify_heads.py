"""Hold the facts of a scheme against a checkpoint that was kept elsewhere, case after case."""

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg

from workflow.store.checkpoints import FORMAT, Checkpoint
from workflow.store.heads import Head, each
from workflow.store.report import FaultKind, Report
from workflow.store.rows import EventRow


class Outside:
    """The heads of checkpoints, in the order of ids; cases meet them in the same order, so that none is held twice.

    `earlier` are packed heads of checkpoints before this one: it alone would cover an edit made before it was signed.
    """

    def __init__(self, report: Report, checkpoint: Checkpoint | None, earlier: Collection[bytes] = ()) -> None:
        """Begin with the first head; without a checkpoint whatever is met is well."""
        self._report, self._tenant = report, checkpoint.tenant if checkpoint else None
        self._name = name_of(checkpoint) if checkpoint else ""
        newest = each(checkpoint.heads if checkpoint else b"")
        self._heads = map(Head.unpacked, sorted({*newest, *earlier}) if checkpoint and earlier else newest)
        self._next = next(self._heads, None)

    def meet(self, tenant: str, case_id: UUID, history: Sequence[EventRow]) -> None:
        """Hold a case's facts against its head, if it has one; cases that should have come before it are gone."""
        while tenant == self._tenant and self._next is not None and self._next.case_id <= case_id:
            self._compare(self._next, history if self._next.case_id == case_id else ())
            self._next = next(self._heads, None)

    def end(self) -> None:
        """All cases have come: those that have not are gone."""
        while self._next is not None:
            self._compare(self._next, ())
            self._next = next(self._heads, None)

    def _compare(self, head: Head, history: Sequence[EventRow]) -> None:
        covered = [row for row in history if row.sequence <= head.version]
        if not covered:
            self._add(head.case_id, f"the case is gone; {self._name} holds it up to fact {head.version}")
        elif covered[-1].sequence < head.version:
            self._add(
                f"{head.case_id}/{covered[-1].sequence + 1}",
                f"the tail is cut; {self._name} has {head.version} facts",
            )
        elif covered[-1].hash != head.hash:
            self._add(f"{head.case_id}/{head.version}", f"this fact, or one before it, is not that of {self._name}")

    def _add(self, subject: object, what: str) -> None:
        self._report.add(FaultKind.CHECKPOINT, subject, what)


def name_of(checkpoint: Checkpoint) -> str:
    """Return how a checkpoint is named in a fault."""
    return f"checkpoint {checkpoint.tenant}/{checkpoint.number}"


async def believed(
    connection: asyncpg.Connection, report: Report, against: Checkpoint, trusted: bytes | None
) -> Checkpoint | None:
    """Return a checkpoint that the database can be held against; None, with a fault, for one that it cannot."""
    if against.format != FORMAT:
        said = f"it is of format {against.format}, and format {FORMAT} is read: hold the database against a newer copy"
        report.add(FaultKind.CHECKPOINT, name_of(against), said)
        return None
    if not against.genuine(trusted):
        report.add(FaultKind.CHECKPOINT, name_of(against), "its signature or its heads do not hold")
        return None
    kept = await connection.fetchval(
        "SELECT root FROM checkpoints WHERE tenant = $1 AND number = $2", against.tenant, against.number
    )
    if kept != against.root:
        said = "the database does not hold it: rolled back, or another's"
        report.add(FaultKind.CHECKPOINT, name_of(against), said)
    return against
