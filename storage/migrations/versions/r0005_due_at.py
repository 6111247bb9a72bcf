"""When a document that failed may be taken again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; what waits now may be taken at once."""
    op.add_column("document", sa.Column("due_at", sa.Float(), nullable=True))
