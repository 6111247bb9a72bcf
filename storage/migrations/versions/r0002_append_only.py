"""The database itself refuses to change or remove an event."""

from alembic import op

from storage.dialect import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Guard the audit trail."""
    for statement in append_only(op.get_bind().dialect.name, "event"):
        op.execute(statement)
