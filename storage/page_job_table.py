"""The tables of page jobs and of the workers, as revisions 0012 and 0017 of the migrations leave them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from storage.schema import SEQUENCE, metadata

__all__ = ["page_job", "worker_roll"]

# `split` is the attempt on the document that made the jobs; `attempt` is the fencing token of this one.
# Rows are removed when their pages are off the shelf; what happened stays in the events.
page_job = Table(
    "page_job",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False),
    Column("split", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lease_until", Float),
    Column("worker", Text),
    Column("due_at", Float),
    Column("reason", Text),
    Column("sha256", Text),
    Column("bytes", BigInteger),
    Index("page_job_by_state", "state", "seq"),
    Index("page_job_by_document", "document_id", "split"),
    sqlite_autoincrement=True,
)

# Whoever is not heard before `due` is late. All in seconds by the database's clock.
worker_roll = Table(
    "worker_roll",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", Float, nullable=False),
    Column("beat", Float, nullable=False),
    Column("due", Float, nullable=False),
)
