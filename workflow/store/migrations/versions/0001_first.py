"""The first schema."""

from pathlib import Path

from workflow.store.migrate import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0001_tables.sql"))
    run_sql(Path(__file__).with_name("0001_roles.sql"))


def downgrade() -> None:
    raise NotImplementedError("the first schema has no predecessor: restore a backup, or make a new database")
