"""Run by Alembic: applies the steps on the connection that service.store.schema opened and locked."""

from alembic import context

from service.store.schema import is_ours
from service.store.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    include_name=is_ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
