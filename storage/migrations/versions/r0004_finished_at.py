"""When each document ended, to tell how fast the fleet is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; what ended before is not counted in any rate."""
    op.add_column("document", sa.Column("finished_at", sa.Float(), nullable=True))
    op.create_index("document_by_end", "document", ["finished_at", "pages"], unique=False)
