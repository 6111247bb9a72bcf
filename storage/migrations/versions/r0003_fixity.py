"""Every object with the time and the outcome of its last full read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; what is stored already waits for its first check."""
    op.create_table(
        "stored_object",
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shelf", "sha256"),
    )
    op.create_index("stored_object_oldest", "stored_object", ["checked_at", "shelf", "sha256"], unique=False)
    for shelf, table in (("masters", "document"), ("derivatives", "derivative")):
        rows = f"SELECT '{shelf}', sha256, max(bytes), '', '' FROM {table} GROUP BY sha256"  # noqa: S608 - constants
        op.execute(f"INSERT INTO stored_object (shelf, sha256, bytes, checked_at, outcome) {rows}")
