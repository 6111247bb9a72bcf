"""The inventory, its freezes, and how far each document has come."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_SIZES = ("box_parts", "sheets", "pages", "shelf", "documents")
_STRATUM = {"valuable": sa.Boolean, "arranged": sa.Boolean, "electronic": sa.Boolean, "use": sa.Text}
_SUMS = ("documents", "pages", "a4_halves", "shelf")
# A document received or read before this revision: the day of its receipt, pages that hold text, A4 each.
_READ = "d.finished_attempt IS NOT NULL AND d.state IN ('done', 'done_with_gaps')"
_PAGES = (
    "(SELECT count(*) FROM page p WHERE p.document_id = d.id AND p.attempt = d.finished_attempt "
    "AND p.status = 'text')"
)
_DAY = "substr(d.received_at, 1, 10)"


def upgrade() -> None:
    """Make the tables; documents that are there already are in no dossier."""
    _make_inventory()
    _make_ledger()
    for statement in _backfill(str(sa.false().compile(dialect=op.get_bind().dialect))):
        op.execute(statement)


def _backfill(no: str) -> Iterator[str]:
    """What is counted of the documents that are there; all names in it are this file's own."""
    counted = f"CASE WHEN {_READ} THEN {_PAGES} ELSE 0 END"
    days = f"{_DAY}, CASE WHEN {_READ} THEN {_DAY} ELSE '' END, '', '', '', ''"
    yield f"INSERT INTO passage SELECT d.id, d.fonds, '', {counted}, 2 * {counted}, {days} FROM document d"  # noqa: S608
    sums = {"documents": "count(*)", "pages": "sum(pages)", "a4_halves": "sum(a4_halves)"}
    for station in ("received", "read"):
        passed = f"FROM passage WHERE {station} <> '' GROUP BY"
        stratum = f"{no}, {no}, {no}, 'unknown'"
        for measure, value in sums.items():
            measured = f"'{station}.{measure}', {value}"
            yield f"INSERT INTO tally SELECT -1, fonds, {stratum}, {measured} {passed} fonds"
        counts = f"{stratum}, {station}, '{station}', {', '.join(sums.values())}, 0"
        yield f"INSERT INTO day_sum SELECT fonds, {counts} {passed} fonds, {station}"
        yield f"INSERT INTO day_sum SELECT '', {counts} {passed} {station}"


def _make_inventory() -> None:
    op.create_table(
        "fonds",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *(sa.Column(n, sa.BigInteger(), nullable=False) for n in ("paper_total", "paper_digital", "copies")),
        sa.Column("described", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "dossier",
        *(sa.Column(n, sa.Text(), nullable=False) for n in ("fonds", "code", "title", "inventory", "box")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SIZES),
        *(sa.Column(name, kind(), nullable=False) for name, kind in _STRATUM.items()),
        sa.Column("born_digital", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("described", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["fonds"], ["fonds.code"]),
        sa.PrimaryKeyConstraint("fonds", "code"),
    )
    op.create_table(
        "freeze",
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "at", "agent")),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "frozen",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fonds", "code")),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SIZES),
        *(sa.Column(name, kind(), nullable=False) for name, kind in _STRATUM.items()),
        sa.Column("born_digital", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["freeze.number"]),
        sa.PrimaryKeyConstraint("fonds", "code", "version"),
    )


def _make_ledger() -> None:
    days = ("received", "read", "checked", "described", "accepted", "described_by")
    op.create_table(
        "passage",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("document_id", "fonds", "dossier")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("pages", "a4_halves")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in days),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"]),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("passage_by_dossier", "passage", ["fonds", "dossier"], unique=False)
    op.create_table(
        "tally",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("fonds", sa.Text(), nullable=False),
        *(sa.Column(name, kind(), nullable=False) for name, kind in _STRATUM.items()),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", "fonds", *_STRATUM, "measure"),
    )
    op.create_table(
        "day_sum",
        sa.Column("fonds", sa.Text(), nullable=False),
        *(sa.Column(name, kind(), nullable=False) for name, kind in _STRATUM.items()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("day", "station")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("fonds", *_STRATUM, "day", "station"),
    )
