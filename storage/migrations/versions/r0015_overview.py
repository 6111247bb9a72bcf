"""What overviews of batches are counted by: documents of a batch by state, and the few pages without text."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("document_counts", "document", ["fonds", "batch", "state", "pages", "secrecy"])
    few = sa.text("status <> 'text'")
    columns = ["document_id", "attempt", "status"]
    op.create_index("page_not_text", "page", columns, sqlite_where=few, postgresql_where=few)
