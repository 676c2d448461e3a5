"""How Alembic runs our steps: on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from casesys.tables import STORE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=STORE,
    include_name=lambda name, kind, _: kind != "table" or name in STORE.tables,
    # SQLite changes few things about a table that stands; Alembic then makes it again.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
