"""The tables of the checking desk: looks, what people said, divisions, rescans, files made again."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Integer, Table, Text

from storage.account_tables import metadata  # with the tables before these
from storage.schema import SEQUENCE

__all__ = ["amendment", "division", "look", "metadata", "rebuilt", "rescan", "reserved"]

# A person's look at a paper as one reading found it. `number` counts looks: two who decide at once collide.
look = Table(
    "look",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# Who has a paper before them just now; a courtesy, the look's number decides.
reserved = Table(
    "reserved",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("until", Float, nullable=False),
)

# What a person said of a place on a page; never changed, a later row about the same place counts.
# `attempt` is the reading they saw; it holds for all. `name` is the field, empty for a printed line.
amendment = Table(
    "amendment",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("box", JSON, nullable=False),
    Column("name", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Papers taken apart or put together; `replaced` and `made` are part numbers, `chosen` classes by part number.
division = Table(
    "division",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("replaced", JSON, nullable=False),
    Column("made", JSON, nullable=False),
    Column("chosen", JSON, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("undone_at", Text),
    sqlite_autoincrement=True,
)

rescan = Table(
    "rescan",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False, index=True),
    Column("pages", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("closed_at", Text),
    Column("replaced_by", Text),
    sqlite_autoincrement=True,
)

# Files of a reading made again with what people said; the newest revision of a kind counts.
rebuilt = Table(
    "rebuilt",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pdfa", Text),
)
