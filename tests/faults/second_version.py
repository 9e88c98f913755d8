"""Migrates as an invented second version would: `python -m tests.faults.second_version DSN FOLDER [by-statement]`."""

import asyncio
import shutil
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.faults.patching import replaced
from workflow.store import migrate


def knows_both(folder):
    """Let this process know one more schema after the newest that there is."""
    if not folder.exists():
        newest = migrate.newest_version()
        shutil.copytree(migrate.FOLDER, folder)
        text = Path(__file__).with_name("second_migration.py").read_text(encoding="utf-8")
        text = text.replace("the newest", newest)
        (folder / "versions" / "second.py").write_text(text, encoding="utf-8")
    replaced(migrate, "FOLDER", folder)


def by_statement():
    """Each statement of a migration is kept by itself."""

    def engine(dsn):
        there = dsn.replace("postgresql://", "postgresql+asyncpg://", 1)
        return create_async_engine(there, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    replaced(migrate, "_engine", engine)


if __name__ == "__main__":
    address, place, *how = sys.argv[1:]
    knows_both(Path(place))
    if how:
        by_statement()
    asyncio.run(migrate.migrate(address))
