"""The statements the catalogue's verbs are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, Update, and_, func, or_, select, update

from digitizer.errors import ConflictError, NotFoundError
from digitizer.model import Record
from digitizer.ports import BatchSummary, StoredDocument
from storage.schema import batch, document, outbox

__all__ = ["census", "current", "held", "of", "post", "row", "same_bytes", "summaries", "waiting"]


def row(connection: Connection, document_id: str) -> Row[Any]:
    """The row of one document.

    Raises:
        NotFoundError: There is none.
    """
    found = connection.execute(select(document).where(document.c.id == document_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no document {document_id}")
    return found


def held(connection: Connection, document_id: str, attempt: int) -> Row[Any]:
    """The row, if `attempt` still owns the document (fencing).

    Raises:
        NotFoundError: There is no such document.
        ConflictError: Another attempt owns it, or none.
    """
    found = row(connection, document_id)
    if found.state != "running" or found.attempt != attempt:
        raise ConflictError(f"attempt {attempt} on document {document_id} is stale")
    return found


def of(document_id: str) -> Update:
    """The change of one document."""
    return update(document).where(document.c.id == document_id)


def same_bytes(new: StoredDocument) -> Select[Any]:
    """The document of this fonds that holds the same bytes."""
    return select(document).where(
        document.c.fonds == new.fonds,
        document.c.sha256 == new.fixity.sha256,
        document.c.bytes == new.fixity.bytes,
    )


def waiting(now: float) -> Select[Any]:
    """Documents a worker may take, oldest first: queued, or with a lease that ran out."""
    lease_ran_out = and_(document.c.state == "running", document.c.lease_until <= now)
    return select(document).where(or_(document.c.state == "queued", lease_ran_out)).order_by(document.c.seq)


def post(connection: Connection, topic: str, document_id: str) -> None:
    """Write an outbox row."""
    connection.execute(outbox.insert().values(topic=topic, document_id=document_id))


def census(record: Record) -> str:
    """How many pages ended in which way: `blank 1, text 3`."""
    counts = Counter(page.status.value for page in record.pages)
    return ", ".join(f"{status} {count}" for status, count in sorted(counts.items()))


def current(table: Table, of_document: Row[Any]) -> Select[Any]:
    """The rows of `table` that the last finished attempt on a document wrote."""
    return select(table).where(
        table.c.document_id == of_document.id, table.c.attempt == of_document.finished_attempt
    )


def summaries(connection: Connection) -> tuple[BatchSummary, ...]:
    """Every batch, the empty ones too, with its documents and pages by state."""
    counts = select(
        document.c.fonds,
        document.c.batch,
        document.c.state,
        func.count().label("documents"),
        func.sum(document.c.pages).label("pages"),
    ).group_by(document.c.fonds, document.c.batch, document.c.state)
    by_batch = defaultdict(list)
    for count in connection.execute(counts.order_by(document.c.state)):
        by_batch[count.fonds, count.batch].append(count)
    every = connection.execute(select(batch).order_by(batch.c.fonds, batch.c.name)).all()
    return tuple(_summary(each, by_batch[each.fonds, each.name]) for each in every)


def _summary(each: Row[Any], counts: list[Row[Any]]) -> BatchSummary:
    return BatchSummary(
        batch=each.name,
        fonds=each.fonds,
        documents=sum(c.documents for c in counts),
        pages=sum(int(c.pages) for c in counts),
        by_state=tuple((c.state, c.documents) for c in counts),
    )
