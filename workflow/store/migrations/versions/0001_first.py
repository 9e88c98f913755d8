"""The first schema; squashed until the first tagged release."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("0001_tables.sql", "0001_roles.sql"):
        for statement in _statements(Path(__file__).with_name(name).read_text(encoding="utf-8")):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("the first schema has no predecessor: restore a backup, or make a new database")


def _statements(text: str) -> list[str]:
    """Statements are parted by blank lines; the driver takes one at a time."""
    return [part for part in (part.strip() for part in text.split("\n\n")) if _says_something(part)]


def _says_something(part: str) -> bool:
    return any(line and not line.startswith("--") for line in part.splitlines())
