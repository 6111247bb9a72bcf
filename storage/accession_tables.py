"""The tables of the received side: manifests and where documents belong."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from storage.web_tables import metadata  # with the tables before these

__all__ = ["declaration", "declared", "metadata", "placement", "version"]

# One row a manifest; the highest version of a batch is in force.
declaration = Table(
    "declaration",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("at", Text, nullable=False),
)

declared = Table(
    "declared",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("files", JSON, nullable=False),
    Column("box", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("sheets", Integer),
    Column("pages", Integer),
)

# Only added to: the last row of a document, batch and path holds.
placement = Table(
    "placement",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False),
    Column("fonds", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("box", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("placement_by_document", "document_id", "seq"),
    Index("placement_by_dossier", "fonds", "dossier", "box"),
    sqlite_autoincrement=True,
)

# `series` is the first of the documents that came in at one place; `number` counts them from 1.
version = Table(
    "version",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("series", Text, ForeignKey("document.id"), nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("series", "number"),
)
