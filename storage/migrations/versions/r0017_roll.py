"""The roll of the workers: who is there and when each was last heard."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "worker_roll",
        sa.Column("name", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("since", "beat", "due")),
    )
