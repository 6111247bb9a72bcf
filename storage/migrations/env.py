"""Run revisions on the connection, and in the transaction, that `storage.migrate` opened."""

from alembic import context

from storage.desk_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
