"""Versions of documents: what came in at one place, one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table and what a place is found by; what came in before stays as it is."""
    op.create_table(
        "version",
        sa.Column("document_id", sa.Text(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("series", sa.Text(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document_id"),
        sa.UniqueConstraint("series", "number"),
    )
    op.create_index("receipt_by_place", "receipt", ["fonds", "batch", "path", "seq"])
