"""Sums by day kept by stock, as they are asked for, not by stratum: a tenth of the rows to read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_SUMS = ("documents", "pages", "a4_halves", "shelf")
_STOCKS = {
    "all": "1 = 1",
    "arranged": "arranged",
    "high_use": "use = 'high'",
    "valuable": "valuable",
    "electronic": "electronic",
}


def upgrade() -> None:
    """Make the table from the sums there are; the old ones go."""
    op.create_table(
        "stock_day",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fonds", "stock", "day", "station")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("fonds", "stock", "day", "station"),
    )
    sums = ", ".join(f"sum({name})" for name in _SUMS)
    for stock, holds in _STOCKS.items():
        op.execute(
            f"INSERT INTO stock_day SELECT fonds, '{stock}', day, station, {sums} FROM day_sum "  # noqa: S608
            f"WHERE {holds} GROUP BY fonds, day, station"
        )
    op.drop_table("day_sum")
