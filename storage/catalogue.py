"""The catalogue in SQL: the queue of record, the audit trail and everything known of each document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, literal, select, update

from digitizer.errors import ConflictError, FixityError, NotFoundError
from digitizer.fixity import Checked, Coverage, FixityOutcome, Shelf, StoredObject, seal
from digitizer.holdings import why_in
from digitizer.model import Agent, Derivative, Event, Fixity, Line, Reason, Record, Word
from digitizer.ports import BatchSummary, IndexedPage, QueueState, StoredDocument
from storage import amended, fixity, followers, queries, rows, trail
from storage.corrected import with_corrections
from storage.dialect import engine_for, now_seconds, reading, writing
from storage.indexing import indexed_pages
from storage.migrate import bring_up_to_date
from storage.schema import batch, document, event, outbox, text_layer
from storage.schema import record as record_table

__all__ = ["SqlCatalogue"]

MAX_FAILURES: Final = 3
_PAGE_OF_ROWS: Final = 500
_SYSTEM: Final = Agent("software:digitizer/catalogue")
_LEASE_GONE: Final = {"lease_until": None, "worker": None}
_AFRESH: Final = {"reason": None, "due_at": None}


class SqlCatalogue:
    """A `Catalogue` in the database at `url`, brought to the newest revision when it is opened.

    One instance may be used by several threads; each process opens its own.
    """

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    # What comes in.

    def add_document(self, new: StoredDocument, by: Agent) -> StoredDocument:
        """Add a received document, or link it to the one with the same bytes; see `Catalogue`."""
        with writing(self._engine) as connection:
            self._need_batch(connection, new.fonds, new.batch)
            known = connection.execute(queries.same_bytes(new)).one_or_none()
            if known is not None:
                queries.receive(connection, new, known.id, "duplicate")
                self._note(connection, "received-again", known.id, by, batch=new.batch)
                return rows.document_of(known)
            connection.execute(document.insert().values(**rows.document_row(new)))
            fixity.register(connection, Shelf.MASTERS, [new.fixity])
            queries.receive(connection, new, new.id, "new")
            self._note(connection, "received", new.id, by, sha256=new.fixity.sha256, bytes=new.fixity.bytes)
            queries.post(connection, "work", new.id)
            return rows.document_of(queries.row(connection, new.id))

    def refuse(self, refused: StoredDocument, reason: Reason, by: Agent) -> None:
        """Note a refusal at the door; see `Catalogue`."""
        with writing(self._engine) as connection:
            self._need_batch(connection, refused.fonds, refused.batch)
            at = queries.receive(
                connection, refused, None, "refused", f"{reason.code.value}: {reason.message}"
            )
            self._note(connection, "refused", f"receipt:{at}", by, outcome="failure", code=reason.code.value)

    # The queue of record.

    def claim(
        self, worker: str, lease_seconds: float, document_id: str | None = None
    ) -> StoredDocument | None:
        """Take the oldest waiting document, or this one; see `Catalogue`."""
        with writing(self._engine) as connection:
            now = now_seconds(connection)
            self._give_up_on_deadly(connection, now)
            wanted = queries.waiting_one(now, document_id) if document_id else queries.waiting(now, 1)
            row = connection.execute(wanted).one_or_none()
            if row is None:
                return None
            connection.execute(
                queries.of(row.id).values(
                    state="running",
                    attempt=row.attempt + 1,
                    failures=row.failures + (row.state == "running"),
                    lease_until=now + lease_seconds,
                    worker=worker,
                )
            )
            self._note(connection, "claimed", row.id, Agent(worker), attempt=row.attempt + 1)
            return rows.document_of(queries.row(connection, row.id))

    def heartbeat(self, document_id: str, attempt: int, lease_seconds: float) -> None:
        """Keep a lease; see `Catalogue`."""
        with writing(self._engine) as connection:
            queries.held(connection, document_id, attempt)
            lease = now_seconds(connection) + lease_seconds
            connection.execute(queries.of(document_id).values(lease_until=lease))

    def complete(self, document_id: str, attempt: int, record: Record, by: Agent) -> None:
        """Commit a finished record; see `Catalogue`."""
        written = rows.record_rows(document_id, attempt, record)  # before the lock: it takes its time
        with writing(self._engine) as connection:
            row = queries.held(connection, document_id, attempt)
            if row.sha256 != record.source.fixity.sha256:
                raise FixityError(f"the record of {document_id} is about other bytes than its master")
            for table, made in written:
                if made:
                    connection.execute(table.insert(), made)
            fixity.register(connection, Shelf.DERIVATIVES, [made.fixity for made in record.derivatives])
            connection.execute(
                queries.of(document_id).values(
                    state=record.state.value,
                    pages=len(record.pages),
                    secrecy=max(row.secrecy, rows.secrecy_in(record)),
                    finished_attempt=attempt,
                    finished_at=now_seconds(connection),
                    reason=why_in(record) or None,
                    **_LEASE_GONE,
                )
            )
            told = {"pages": queries.census(record), "made": seal(record.derivatives)}
            self._note(connection, "digitized", document_id, by, attempt=attempt, state=record.state, **told)
            queries.post(connection, "index", document_id)

    def fail(
        self, document_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0
    ) -> None:
        """Give a document back after a failure; see `Catalogue`."""
        with writing(self._engine) as connection:
            self._fail(connection, queries.held(connection, document_id, attempt), reason, by, again_in)

    def abandon(self, worker: str, reason: str, by: Agent) -> Sequence[str]:
        """Fail what a dead worker holds; see `Catalogue`."""
        theirs = select(document).where(document.c.state == "running", document.c.worker == worker)
        with writing(self._engine) as connection:
            found = connection.execute(theirs.order_by(document.c.seq)).all()
            for row in found:
                self._fail(connection, row, reason, by)
        return tuple(row.id for row in found)

    def release(self, document_id: str, attempt: int, by: Agent) -> None:
        """Give a document back unharmed; see `Catalogue`."""
        with writing(self._engine) as connection:
            queries.held(connection, document_id, attempt)
            connection.execute(queries.of(document_id).values(state="queued", **_LEASE_GONE))
            self._note(connection, "released", document_id, by, attempt=attempt)
            queries.post(connection, "work", document_id)

    def requeue(self, document_id: str, by: Agent) -> None:
        """Let a document be worked on again; see `Catalogue`."""
        with writing(self._engine) as connection:
            row = queries.row(connection, document_id)
            if row.state == "running":
                raise ConflictError(f"{document_id} is being worked on by {row.worker or 'page jobs'}")
            if row.state != "queued":
                connection.execute(queries.of(document_id).values(state="queued", failures=0, **_AFRESH))
                self._note(connection, "requeued", document_id, by, before=row.state)
                queries.post(connection, "work", document_id)

    def waiting(self, limit: int) -> Sequence[tuple[str, bool]]:
        """Documents a worker may take; see `Catalogue`."""
        with reading(self._engine) as connection:
            wanted = queries.waiting(now_seconds(connection), limit)
            return tuple((row.id, row.state == "running") for row in connection.execute(wanted))

    def to_ring(self, limit: int) -> Sequence[tuple[int, str]]:
        """Work outbox; see `Catalogue`."""
        return self._posted("work", limit)

    def to_index(self, limit: int) -> Sequence[tuple[int, str]]:
        """Index outbox; see `Catalogue`."""
        return self._posted("index", limit)

    def rung(self, sequences: Iterable[int]) -> None:
        """Mark work outbox rows as done; see `Catalogue`."""
        self._mark(sequences)

    def indexed(self, sequences: Iterable[int]) -> None:
        """Mark index outbox rows as done; see `Catalogue`."""
        self._mark(sequences)

    def reindex(self) -> int:
        """Put every finished document into the index outbox again; see `Catalogue`."""
        those = and_(document.c.finished_attempt.is_not(None), document.c.pages > 0)
        finished = select(literal("index"), document.c.id).where(those).order_by(document.c.seq)
        with writing(self._engine) as connection:
            connection.execute(outbox.insert().from_select(["topic", "document_id"], finished))
            return int(connection.execute(select(func.count()).where(those)).scalar_one())

    # What is known.

    def document(self, document_id: str) -> StoredDocument:
        """One document; see `Catalogue`."""
        with reading(self._engine) as connection:
            return rows.document_of(queries.row(connection, document_id))

    def documents(
        self, batch: str | None = None, state: str | None = None, fonds: str | None = None
    ) -> Iterator[StoredDocument]:
        """Documents in the order they were received, read in portions; see `Catalogue`."""
        wanted = select(document).order_by(document.c.seq).limit(_PAGE_OF_ROWS)
        for column, value in (
            (document.c.batch, batch),
            (document.c.state, state),
            (document.c.fonds, fonds),
        ):
            if value is not None:
                wanted = wanted.where(column == value)
        for row in self._in_portions(wanted, document.c.seq):
            yield rows.document_of(row)

    def record(self, document_id: str) -> dict[str, Any]:
        """The record as JSON values; see `Catalogue`."""
        with reading(self._engine) as connection:
            row = queries.row(connection, document_id)
            found = connection.execute(queries.current(record_table, row)).first()
            if found is None:
                raise NotFoundError(f"document {document_id} is not finished ({row.state})")
            return with_corrections(connection, row, rows.unpack_json(found.json))

    def lines(self, document_id: str, page: int) -> Sequence[Line]:
        """The printed lines of one page; see `Catalogue`."""
        with reading(self._engine) as connection:
            row = queries.row(connection, document_id)
            if not 1 <= page <= row.pages:
                raise NotFoundError(f"document {document_id} has no page {page}")
            layer = queries.current(text_layer, row).where(text_layer.c.page == page)
            found = connection.execute(layer).first()
            read = rows.unpack_lines(found.lines) if found else ()
            return amended.lines(connection, document_id, page, read)

    def words(self, document_id: str, page: int) -> Sequence[Word]:
        """The words of one page in reading order; see `Catalogue`."""
        return tuple(word for line in self.lines(document_id, page) for word in line.words)

    def derivatives(self, document_id: str) -> Sequence[Derivative]:
        """The files made from a document; see `Catalogue`."""
        with reading(self._engine) as connection:
            return amended.derivatives(connection, queries.row(connection, document_id))

    def pages_to_index(self, document_id: str) -> Sequence[IndexedPage]:
        """What the index takes of a document; see `Catalogue`."""
        with reading(self._engine) as connection:
            row = queries.row(connection, document_id)
            return indexed_pages(connection, row)

    def to_verify(self, limit: int) -> Sequence[StoredObject]:
        """Objects, the longest unchecked first; see `Catalogue`."""
        with reading(self._engine) as connection:
            return fixity.oldest(connection, limit)

    def verified(self, checks: Sequence[Checked], by: Agent) -> None:
        """Note outcomes of checks; see `Catalogue`."""
        with writing(self._engine) as connection:
            for check in checks:
                fixity.mark(connection, check, self._now())
                if check.note or check.outcome is not FixityOutcome.OK:
                    self._note_check(connection, check, by)
            if checks:
                detail = tuple(fixity.summary(checks).items())
                trail.append(connection, Event("verified", "archive", by, self._now(), "success", detail))

    def stored(self, shelf: Shelf) -> Iterator[Fixity]:
        """Every object, sorted by digest, read in portions; see `Catalogue`."""
        last = ""
        while True:
            with reading(self._engine) as connection:
                found = fixity.after(connection, shelf, last, _PAGE_OF_ROWS)
            if not found:
                return
            yield from found
            last = found[-1].sha256

    def reconciled(self, found: Mapping[str, int], again: Sequence[str], by: Agent) -> None:
        """Note a comparison, and what is to be indexed again; see `Catalogue`."""
        with writing(self._engine) as connection:
            for document_id in again:
                queries.post(connection, "index", document_id)
            told = {name: str(count) for name, count in sorted(found.items())}
            self._note(connection, "reconciled", "archive", by, **told)

    def coverage(self) -> Coverage:
        """How much was checked; see `Catalogue`."""
        with reading(self._engine) as connection:
            return fixity.coverage(connection)

    def queue_state(self, seconds: float) -> QueueState:
        """How much waits, and how much ended; see `Catalogue`."""
        with reading(self._engine) as connection:
            return queries.state_of_queue(connection, now_seconds(connection), seconds)

    def batches(self) -> Sequence[BatchSummary]:
        """Every batch with its counts; see `Catalogue`."""
        with reading(self._engine) as connection:
            return queries.summaries(connection)

    def events(self, object_id: str | None = None) -> Iterator[Event]:
        """The audit trail, oldest first, read in portions; see `Catalogue`."""
        for row in self._event_rows(object_id):
            yield trail.event_of(row)

    def verify_events(self) -> tuple[int, str]:
        """Walk the hash chain; see `Catalogue`."""
        return trail.verify(self._event_rows(None))

    # Parts of a transaction.

    def _note(
        self,
        connection: Connection,
        kind: str,
        object_id: str,
        by: Agent,
        outcome: str = "success",
        **detail: str | int,
    ) -> None:
        told = tuple((name, str(value)) for name, value in detail.items())
        happened = Event(kind, object_id, by, self._now(), outcome, told)
        trail.append(connection, happened)
        followers.note(connection, happened)

    def _note_check(self, connection: Connection, check: Checked, by: Agent) -> None:
        told = {"shelf": check.stored.shelf.value, "sha256": check.stored.fixity.sha256, "note": check.note}
        outcome = "success" if check.outcome is FixityOutcome.OK else "failure"
        for holder in fixity.holders(connection, check.stored):
            found = check.outcome.value
            self._note(connection, "fixity-check", holder, by, outcome=outcome, found=found, **told)

    def _need_batch(self, connection: Connection, fonds: str, name: str) -> None:
        known = select(batch).where(batch.c.fonds == fonds, batch.c.name == name)
        if connection.execute(known).first() is None:
            connection.execute(batch.insert().values(fonds=fonds, name=name, created_at=self._now()))

    def _fail(
        self, connection: Connection, row: Row[Any], reason: str, by: Agent, again_in: float | None = 0.0
    ) -> None:
        failures = row.failures + 1
        state = "queued" if failures < MAX_FAILURES and again_in is not None else "quarantined"
        due = now_seconds(connection) + again_in if again_in else None
        changes = {"state": state, "failures": failures, "reason": reason, "due_at": due}
        connection.execute(queries.of(row.id).values(**changes, **_LEASE_GONE))
        self._note(connection, "failed", row.id, by, outcome="failure", attempt=row.attempt, state=state)
        if state == "queued":
            queries.post(connection, "work", row.id)

    def _give_up_on_deadly(self, connection: Connection, now: float) -> None:
        """A document whose workers died under it as often as a failure is allowed kills the next one too."""
        died = and_(
            document.c.state == "running",
            document.c.lease_until <= now,
            document.c.failures >= MAX_FAILURES - 1,
        )
        for row in connection.execute(select(document).where(died)).all():
            reason = "E-TOOL: the worker died or hung each time; a person must look at this file"
            self._fail(connection, row, reason, _SYSTEM)

    def _posted(self, topic: str, limit: int) -> Sequence[tuple[int, str]]:
        waiting = select(outbox.c.seq, outbox.c.document_id).where(
            outbox.c.topic == topic, outbox.c.done_at.is_(None)
        )
        with reading(self._engine) as connection:
            found = connection.execute(waiting.order_by(outbox.c.done_at, outbox.c.seq).limit(limit))
            return tuple((row.seq, row.document_id) for row in found)

    def _mark(self, sequences: Iterable[int]) -> None:
        done = list(sequences)
        with writing(self._engine) as connection:
            for start in range(0, len(done), _PAGE_OF_ROWS):
                those = outbox.c.seq.in_(done[start : start + _PAGE_OF_ROWS])
                connection.execute(update(outbox).where(those).values(done_at=self._now()))

    def _event_rows(self, object_id: str | None) -> Iterator[Row[Any]]:
        wanted = select(event).order_by(event.c.seq).limit(_PAGE_OF_ROWS)
        if object_id is not None:
            wanted = wanted.where(event.c.object_id == object_id)
        return self._in_portions(wanted, event.c.seq)

    def _in_portions(self, wanted: Select[Any], seq: Any) -> Iterator[Row[Any]]:
        """No transaction stays open while the caller works on a row."""
        last = 0
        while True:
            with reading(self._engine) as connection:
                found = connection.execute(wanted.where(seq > last)).all()
            if not found:
                return
            yield from found
            last = found[-1].seq
