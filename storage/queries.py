"""The statements the catalogue's verbs are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Update,
    and_,
    func,
    or_,
    select,
    union_all,
    update,
)

from digitizer.errors import ConflictError, NotFoundError
from digitizer.finding import EVERYTHING, Scope
from digitizer.model import Record
from digitizer.ports import BatchSummary, QueueState, StoredDocument
from storage.schema import batch, document, outbox, receipt

__all__ = [
    "census",
    "current",
    "held",
    "is_takeable",
    "of",
    "post",
    "row",
    "same_bytes",
    "seen",
    "state_of_queue",
    "summaries",
    "takeable",
    "waiting",
    "waiting_one",
]

_LONGEST_CODE = 12


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
    # Without a lease it waits for its page jobs: the attempt that split it holds it no longer.
    if found.state != "running" or found.attempt != attempt or found.lease_until is None:
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


def waiting(now: float, limit: int) -> Select[Any]:
    """Documents a worker may take, oldest first: queued and due, or with a lease that ran out."""
    return takeable(document, now, limit)


def waiting_one(now: float, document_id: str) -> Select[Any]:
    """This document, if a worker may take it."""
    return select(document).where(document.c.id == document_id, is_takeable(document, now))


def is_takeable(table: Table, now: float) -> ColumnElement[bool]:
    """Whether a worker may take a document or page job: it waits and is due, or its lease ran out."""
    return or_(*_halves(table, now))


def takeable(table: Table, now: float, limit: int) -> Select[Any]:
    """Rows of documents or page jobs that a worker may take, oldest first.

    Each half by the index of states: one condition for both would sort all that waits at every claim. A
    range of one state, in the order of that index: with `state = ...` PostgreSQL needs the order of `seq`
    alone, and where it thinks that most rows wait it walks by it from the first, over all that are done.
    """
    halves = (
        select(table.c.seq).where(half).order_by(table.c.state, table.c.seq).limit(limit).subquery()
        for half in _halves(table, now)
    )
    found = union_all(*(select(half.c.seq) for half in halves)).subquery()
    return select(table).where(table.c.seq.in_(select(found.c.seq))).order_by(table.c.seq).limit(limit)


def _halves(table: Table, now: float) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    state, due_at = table.c.state, table.c.due_at
    due = and_(state.between("queued", "queued"), or_(due_at.is_(None), due_at <= now))
    return due, and_(state.between("running", "running"), table.c.lease_until <= now)


def seen(wanted: Select[Any], scope: Scope) -> Select[Any]:
    """A selection of documents, narrowed to those that `scope` may see."""
    if scope.clearance < EVERYTHING.clearance:
        wanted = wanted.where(document.c.secrecy <= scope.clearance)
    return wanted if scope.fonds is None else wanted.where(document.c.fonds.in_(scope.fonds))


def state_of_queue(
    connection: Connection, now: float, seconds: float, scope: Scope = EVERYTHING
) -> QueueState:
    """How much waits and runs, what ended since `now - seconds`, and what failed, of what `scope` may see."""
    states = seen(select(document.c.state, func.count()), scope).group_by(document.c.state)
    counts = {str(state): int(count) for state, count in connection.execute(states)}
    ended = select(
        func.count(), func.coalesce(func.sum(document.c.pages), 0), func.min(document.c.finished_at)
    )
    documents, pages, first = connection.execute(
        seen(ended.where(document.c.finished_at > now - seconds), scope)
    ).one()
    before = select(document.c.seq).where(document.c.finished_at <= now - seconds).limit(1)
    if documents > 1 and connection.execute(seen(before, scope)).first() is None:
        # Work began less than `seconds` ago: between the first end and now lie all ends but that one.
        seconds = min(seconds, max(1.0, (now - first) * documents / (documents - 1)))
    oldest = connection.execute(
        seen(waiting(now, 1).with_only_columns(document.c.received_at), scope)
    ).scalar()
    return QueueState(
        waiting=counts.get("queued", 0),
        running=counts.get("running", 0),
        quarantined=counts.get("quarantined", 0),
        documents=documents,
        pages=int(pages),
        seconds=seconds,
        oldest_seconds=max(0.0, now - datetime.fromisoformat(oldest).timestamp()) if oldest else 0.0,
        failures=_failures(connection, scope),
    )


def _failures(connection: Connection, scope: Scope) -> tuple[tuple[str, int], ...]:
    code = func.substr(document.c.reason, 1, _LONGEST_CODE).label(
        "code"
    )  # grouped by it: few, not one a file
    failed = document.c.state.in_(("queued", "running", "quarantined", "refused", "done_with_gaps"))
    reasons = select(code, func.count()).where(failed, document.c.reason.is_not(None))
    by_code: Counter[str] = Counter()
    for found, count in connection.execute(seen(reasons, scope).group_by("code")):
        by_code[found.partition(":")[0]] += count
    return tuple(by_code.most_common())


def post(connection: Connection, topic: str, document_id: str, part: int | None = None) -> None:
    """Write an outbox row."""
    connection.execute(outbox.insert().values(topic=topic, document_id=document_id, part=part))


def receive(
    connection: Connection, came: StoredDocument, document_id: str | None, outcome: str, reason: str = ""
) -> int:
    """Write a receipt; its number."""
    made = connection.execute(
        receipt.insert().values(
            document_id=document_id,
            fonds=came.fonds,
            batch=came.batch,
            path=came.path,
            sha256=came.fixity.sha256,
            bytes=came.fixity.bytes,
            outcome=outcome,
            reason=reason or None,
            at=came.received_at,
        )
    )
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


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
