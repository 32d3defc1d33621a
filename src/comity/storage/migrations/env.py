"""What Alembic runs to migrate: on the connection that `storage.migration` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from comity.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
