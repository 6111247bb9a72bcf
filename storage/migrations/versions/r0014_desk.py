"""What people say of papers apart from any reading; looks in place of decisions; borders, rescans, files."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and bring decisions and corrections over; no paper is divided yet."""
    op.add_column(
        "document_part", sa.Column("standing", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    _make_looks()
    _make_amendments()
    op.create_table(
        "rescan",
        *_numbered(),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_who_and_when(),
        sa.Column("closed_at", sa.Text()),
        sa.Column("replaced_by", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rescan_document_id", "rescan", ["document_id"])
    op.create_table(
        "rebuilt",
        *_keyed("attempt", "revision"),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("pdfa", sa.Text()),
    )


def _keyed(*numbers: str) -> list[sa.Column[Any]]:
    key = sa.ForeignKey("document.id")
    owner: sa.Column[Any] = sa.Column("document_id", sa.Text(), key, primary_key=True)
    return [owner, *(sa.Column(name, sa.Integer(), primary_key=True) for name in numbers)]


def _numbered() -> list[sa.Column[Any]]:
    return [
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("document_id", sa.Text(), sa.ForeignKey("document.id"), nullable=False),
    ]


def _who_and_when() -> list[sa.Column[Any]]:
    return [sa.Column("agent", sa.Text(), nullable=False), sa.Column("at", sa.Text(), nullable=False)]


def _make_looks() -> None:
    op.create_table(
        "look",
        *_keyed("attempt", "part", "number"),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        *_who_and_when(),
    )
    op.create_table(
        "reserved",
        *_keyed("part"),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
    )
    yes = str(sa.true().compile(dialect=op.get_bind().dialect))
    op.execute(
        f"INSERT INTO look SELECT document_id, attempt, part, 1, outcome, 0, {yes}, agent, at FROM review"  # noqa: S608
    )
    op.drop_table("review")


def _make_amendments() -> None:
    op.create_table(
        "amendment",
        *_numbered(),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "machine", "value")),
        *_who_and_when(),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_amendment_document_id", "amendment", ["document_id"])
    op.create_table(
        "division",
        *_numbered(),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("replaced", "made", "chosen")),
        *_who_and_when(),
        sa.Column("undone_at", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_division_document_id", "division", ["document_id"])
    op.execute(
        "INSERT INTO amendment (document_id, attempt, page, box, name, machine, value, agent, at) "
        "SELECT p.document_id, p.attempt, p.page, p.box, p.name, coalesce((SELECT min(m.value) "
        "FROM field_value m WHERE m.origin = 'machine' AND m.document_id = p.document_id "
        "AND m.attempt = p.attempt AND m.part = p.part AND m.name = p.name), p.raw), "
        "p.value, p.origin, '' FROM field_value p "
        "WHERE p.origin <> 'machine' ORDER BY p.seq"
    )
