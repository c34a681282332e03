"""Alembic's entry: it migrates on the connection that ``storage.schema`` has opened."""

from alembic import context

from storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    # Alembic believes SQLite cannot; with a BEGIN of our own it can.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
