"""Alembic's entry: the connection is handed in by `migrate`, never opened here."""

from alembic import context

from workflow.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
