"""The tables of the catalogue, as revision `HEAD` of the migrations leaves them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

from storage.revision import HEAD

__all__ = [
    "HEAD",
    "SEQUENCE",
    "batch",
    "derivative",
    "document",
    "document_part",
    "event",
    "field_value",
    "metadata",
    "outbox",
    "page",
    "receipt",
    "record",
    "scan",
    "stored_object",
    "text_layer",
]

metadata = MetaData()

# SQLite counts rows by itself only in a column of exactly INTEGER.
SEQUENCE: Final = BigInteger().with_variant(Integer(), "sqlite")


def _document_id() -> Column[str]:
    return Column("document_id", Text, ForeignKey("document.id"), nullable=False)


batch = Table(
    "batch",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("created_at", Text, nullable=False),
)

# `attempt` is the fencing token: it only goes up. `failures` counts towards the quarantine.
# `finished_at` is the database's clock, in seconds, at the end of the last finished attempt.
# `due_at`: when what failed may be taken again; empty is at once.
# `finished_attempt` says which rows of page, scan, text_layer, document_part, field_value and derivative
# are current; those of earlier attempts stay, untouched.
document = Table(
    "document",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("fonds", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lease_until", Float),
    Column("worker", Text),
    Column("reason", Text),
    Column("finished_attempt", Integer),
    Column("finished_at", Float),
    Column("due_at", Float),
    Column("secrecy", Integer, nullable=False, server_default="0"),
    UniqueConstraint("fonds", "sha256", "bytes"),
    Index("document_by_state", "state", "seq"),
    Index("document_by_batch", "fonds", "batch", "seq"),
    Index("document_by_end", "finished_at", "pages"),
    Index("document_counts", "fonds", "batch", "state", "pages", "secrecy"),
    sqlite_autoincrement=True,
)

# Every time a file came in: the first, the same bytes again, and those refused (then without document).
receipt = Table(
    "receipt",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), index=True),
    Column("fonds", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("at", Text, nullable=False),
    Index("receipt_by_place", "fonds", "batch", "path", "seq"),
    sqlite_autoincrement=True,
)

# The whole record as JSON, apart from the document: lists and leases never carry it along.
record = Table(
    "record",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("json", LargeBinary, nullable=False),
)

page = Table(
    "page",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("reason", Text),
    Column("quality", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("flags", JSON, nullable=False),
    Index(
        "page_not_text",
        "document_id",
        "attempt",
        "status",
        sqlite_where=text("status <> 'text'"),
    ),
)

# One capture of a page: where its pixels are in the master and how they turn upright.
scan = Table(
    "scan",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("master_sha256", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("dpi", Integer, nullable=False),
    Column("rotation", Integer, nullable=False),
    Column("skew_degrees", Float, nullable=False),
)

# Never overwritten: another reading is another row. `lines` is packed by `storage.rows`.
text_layer = Table(
    "text_layer",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("engine", JSON, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("lines", LargeBinary, nullable=False),
)

# A paper that a person took apart or put to another no longer stands; its rows stay.
document_part = Table(
    "document_part",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("class", Text, nullable=False),
    Column("class_confidence", Float, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("standing", Boolean, nullable=False, server_default=true()),
)

# What a reading found, `origin` is `machine`; what people say of it is in `amendment`.
field_value = Table(
    "field_value",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _document_id(),
    Column("part", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("box", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("checks", JSON, nullable=False),
    Index("field_value_by_document", "document_id", "attempt"),
    sqlite_autoincrement=True,
)

derivative = Table(
    "derivative",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pdfa", Text),
)

# Each object once, however many documents stand on it; empty until it was first read whole.
stored_object = Table(
    "stored_object",
    metadata,
    Column("shelf", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("checked_at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Index("stored_object_oldest", "checked_at", "shelf", "sha256"),
)

# The audit trail: `hash` is over the hash before it and this row, see `storage.trail`.
event = Table(
    "event",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("object_id", Text, nullable=False, index=True),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False),
    sqlite_autoincrement=True,
)

# `part`: the page job that waits, where it is not the document itself.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    _document_id(),
    Column("done_at", Text),
    Column("part", BigInteger),
    Index("outbox_waiting", "topic", "done_at", "seq"),
    sqlite_autoincrement=True,
)
