"""The tables of the inventory and of the ledger of progress."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema import metadata

__all__ = ["dossier", "fonds", "freeze", "frozen", "passage", "stock_day", "tally"]

fonds = Table(
    "fonds",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("paper_total", BigInteger, nullable=False),
    Column("paper_digital", BigInteger, nullable=False),
    Column("copies", BigInteger, nullable=False),
    Column("described", JSON, nullable=False),
)


def _size_columns() -> list[Column[int]]:
    names = ("box_parts", "sheets", "pages", "shelf", "documents")
    return [Column(name, BigInteger, nullable=False) for name in names]


def _stratum_columns(*, key: bool = False) -> list[Column[object]]:
    kinds = {"valuable": Boolean, "arranged": Boolean, "electronic": Boolean, "use": Text}
    return [Column(name, kind, primary_key=key, nullable=False) for name, kind in kinds.items()]


dossier = Table(
    "dossier",
    metadata,
    Column("fonds", Text, ForeignKey("fonds.code"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("inventory", Text, nullable=False),
    Column("box", Text, nullable=False),
    *_size_columns(),
    *_stratum_columns(),
    Column("born_digital", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("described", JSON, nullable=False),
)

# How far each document has come; days in Vietnam time. The inventory may not know `dossier` yet.
passage = Table(
    "passage",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("fonds", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("a4_halves", Integer, nullable=False),
    Column("received", Text, nullable=False),
    Column("read", Text, nullable=False),
    Column("checked", Text, nullable=False),
    Column("described", Text, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("described_by", Text, nullable=False),
    Index("passage_by_dossier", "fonds", "dossier"),
)

freeze = Table(
    "freeze",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("agent", Text, nullable=False),
    UniqueConstraint("name"),
)

# Each dossier as it was when the inventory was frozen.
frozen = Table(
    "frozen",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("version", Integer, ForeignKey("freeze.number"), primary_key=True),
    *_size_columns(),
    *_stratum_columns(),
    Column("born_digital", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
)

# The sums, kept in the transaction that changes what they are sums of. Version 0 is the inventory now,
# -1 what is in no dossier of it, others are freezes.
tally = Table(
    "tally",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fonds", Text, primary_key=True),
    *_stratum_columns(key=True),
    Column("measure", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# The same by day and stock (`digitizer.inventory.Stock`); rows with an empty fonds are sums over all fonds.
stock_day = Table(
    "stock_day",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("stock", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("station", Text, primary_key=True),
    Column("documents", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    Column("a4_halves", BigInteger, nullable=False),
    Column("shelf", BigInteger, nullable=False),
)
