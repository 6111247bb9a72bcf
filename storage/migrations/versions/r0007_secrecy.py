"""How secret each document is: declared when it came in, raised by its own stamp."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what is there counts as not secret until somebody says otherwise."""
    op.add_column("document", sa.Column("secrecy", sa.Integer(), nullable=False, server_default="0"))
