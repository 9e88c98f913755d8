"""Checkpoints as they leave the house: a line in an append-only file, and a record on the audit topic."""

import asyncio
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg

from schemas import topics
from schemas.headers import ce_headers
from workflow.ports import Outward
from workflow.store.checkpoints import Checkpoint, build_checkpoint
from workflow.store.keeping import keep_records
from workflow.store.keys import MasterKeys
from workflow.store.waking import Wake, wake

_NAMESPACE = UUID("c0f2a1de-6f0e-5f0b-8a3f-2a4c1be0a001")


class SqlAudit:
    """Makes a scheme's next checkpoint."""

    def __init__(self, pool: asyncpg.Pool, keys: MasterKeys, file: Path | None) -> None:
        self._pool = pool
        self._keys = keys
        self._file = file

    async def checkpoint(self, tenant: str, now: datetime) -> bool:
        """Make, file and queue a checkpoint; False when nothing happened since the last one."""
        async with self._pool.acquire() as connection:
            # One transaction: a checkpoint that is kept is on its way to the topic. The file comes after it, since a
            # line that the database does not know would look like a database that was rolled back.
            async with connection.transaction(isolation="repeatable_read"):
                made = await build_checkpoint(connection, self._keys, tenant, now)
                if made is None:
                    return False
                await keep_records(connection, tenant, [_record(made, now)])
                await wake(connection, Wake.RECORDS)
            await asyncio.to_thread(self._append, made)
        return True

    def _append(self, made: Checkpoint) -> None:
        """Bring the line to the disk: the file is the copy that is kept elsewhere."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as file:
            file.write(made.to_bytes() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _record(made: Checkpoint, now: datetime) -> Outward:
    name = uuid5(_NAMESPACE, f"{made.tenant}:{made.number}:{made.root.hex()}")
    return Outward(
        topic=topics.AUDIT_CHECKPOINTS,
        key=made.tenant.encode(),
        case_id=name,
        sequence=0,
        part=1,
        event_id=str(name),
        headers=ce_headers(name=str(name), tenant=made.tenant, kind="audit.checkpoint.signed", at=now.isoformat()),
        value=made.record(),
    )
