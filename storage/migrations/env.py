"""What alembic runs: on the connection that `storage.migrate` hands over, for our tables alone."""

from alembic import context

from storage.migrate import VERSION_TABLE, ours
from storage.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    include_name=ours,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    if connection.dialect.name == "postgresql":
        # Two processes that start at once would both create the tables; the second waits here and finds them done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(724513)")
    context.run_migrations()
