"""People, their sessions and their failed log-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables; an archive without accounts gets its first one from `digitizer serve`."""
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("all_fonds", sa.Boolean(), nullable=False),
        sa.Column("clearance", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("one_time", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
    )
    op.create_table(
        "account_fonds",
        sa.Column("account", sa.Text(), sa.ForeignKey("account.name"), primary_key=True),
        sa.Column("fonds", sa.Text(), primary_key=True),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), sa.ForeignKey("account.name"), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("unmasked", sa.Text(), nullable=False),
    )
    op.create_index("ix_session_account", "session", ["account"])
    op.create_table(
        "failed_log_in",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
    )
    op.create_index("failed_log_in_by_key", "failed_log_in", ["key", "at"])
