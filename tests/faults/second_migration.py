"""The schema of an invented second version: a column in a table of the hot path, then two where rows are read whole."""

from alembic import op

revision = "second"
down_revision = "the newest"  # put in by `second_version.py`
branch_labels = None
depends_on = None

ADDED = ("cases", "caseworkers", "organisations")


def upgrade() -> None:
    for table in ADDED:
        op.get_bind().exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN lifecycle int NOT NULL DEFAULT 2")


def downgrade() -> None:
    for table in ADDED:
        op.get_bind().exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN IF EXISTS lifecycle")
