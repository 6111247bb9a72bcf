"""Identities of a provider, saved searches, and what was declared of a batch as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; nobody has an identity elsewhere, and nothing was declared or saved yet."""
    op.create_table(
        "account_identity",
        sa.Column("issuer", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), sa.ForeignKey("account.name"), nullable=False),
        sa.UniqueConstraint("account"),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), sa.ForeignKey("account.name"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.UniqueConstraint("account", "name"),
    )
    op.create_index("ix_saved_search_account", "saved_search", ["account"])
    op.create_table(
        "batch_facts",
        sa.Column("fonds", sa.Text(), primary_key=True),
        sa.Column("batch", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("inventory", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("sheets", sa.Integer()),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
