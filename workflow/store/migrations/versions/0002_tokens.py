"""What an organisation knows a case by, in a column of its own."""

from pathlib import Path

from workflow.store.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql(Path(__file__).with_name("0002_tokens.sql"))


def downgrade() -> None:
    raise NotImplementedError("two tokens of one organisation in one case would be lost: restore a backup")
