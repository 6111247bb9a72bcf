"""The catalogue in memory: for tests of services, held to the same contract as the SQL one."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from digitizer.errors import ConflictError, FixityError, NotFoundError
from digitizer.fixity import Checked, Coverage, FixityOutcome, Shelf, StoredObject
from digitizer.holdings import why_in
from digitizer.model import (
    Agent,
    Derivative,
    DocumentPart,
    Event,
    Fixity,
    Line,
    PageRecord,
    Reason,
    Record,
    Word,
)
from digitizer.ports import BatchSummary, IndexedPage, QueueState, StoredDocument
from digitizer.understanding.secret_levels import level_of
from digitizer.writing.record import record_to_json


@dataclass
class Row:
    document: StoredDocument
    failures: int = 0
    lease_until: float = 0.0
    worker: str = ""
    finished_at: float = 0.0
    due_at: float = 0.0
    record: Record | None = None


def locked(verb: Any) -> Any:
    """One verb at a time, and nothing of it when it fails: every verb checks before it changes."""

    def call(self: MemoryCatalogue, *args: Any, **options: Any) -> Any:
        with self.lock:
            return verb(self, *args, **options)

    return call


def indexed(known: StoredDocument, page: PageRecord, part: DocumentPart | None) -> IndexedPage:
    values = {field.name: field.value for field in part.fields} if part else {}
    date = [int(each) for each in reversed(values.get("date", "0").split("/"))] + [0, 0]
    return IndexedPage(
        known.id,
        page.number,
        known.fonds,
        known.batch,
        part.document_class if part else "unknown",
        page.text,
        known.secrecy,
        values.get("organ_name", ""),
        date[0] * 10_000 + date[1] * 100 + date[2],
        known.state,
    )


@dataclass
class MemoryCatalogue:
    rows: dict[str, Row] = field(default_factory=dict)
    trail: list[Event] = field(default_factory=list)
    posted: dict[int, tuple[str, str]] = field(default_factory=dict)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    objects: dict[tuple[Shelf, str], StoredObject] = field(default_factory=dict)
    sequence: int = 0
    lock: Any = field(default_factory=threading.RLock)

    def close(self) -> None:
        pass

    @locked
    def add_document(self, document: StoredDocument, by: Agent) -> StoredDocument:
        self.names[document.fonds, document.batch] = None
        for row in self.rows.values():
            if (row.document.fonds, row.document.fixity) == (document.fonds, document.fixity):
                self._note("received-again", row.document.id, by, batch=document.batch)
                return row.document
        self.rows[document.id] = Row(document)
        self._register(Shelf.MASTERS, document.fixity)
        self._note("received", document.id, by)
        self._post("work", document.id)
        return document

    @locked
    def refuse(self, document: StoredDocument, reason: Reason, by: Agent) -> None:
        self._note("refused", "receipt", by, "failure", code=reason.code.value)

    def document(self, document_id: str) -> StoredDocument:
        return self._row(document_id).document

    def documents(
        self, batch: str | None = None, state: str | None = None, fonds: str | None = None
    ) -> Iterator[StoredDocument]:
        for found in [row.document for row in self.rows.values()]:
            wanted = ((batch, found.batch), (state, found.state), (fonds, found.fonds))
            if all(value in {None, its} for value, its in wanted):
                yield found

    @locked
    def claim(
        self, worker: str, lease_seconds: float, document_id: str | None = None
    ) -> StoredDocument | None:
        for row in self.rows.values():
            dead = row.document.state == "running" and row.lease_until <= time.time()
            if dead and row.failures >= 2:
                self._change(row, state="quarantined", reason="E-TOOL: the worker died")
                self._note("failed", row.document.id, Agent("software:catalogue"), "failure")
            elif (dead or self._due(row)) and document_id in {None, row.document.id}:
                row.worker = worker
                row.failures += dead
                row.lease_until = time.time() + lease_seconds
                self._change(row, state="running", attempt=row.document.attempt + 1)
                self._note("claimed", row.document.id, Agent(worker))
                return row.document
        return None

    @locked
    def heartbeat(self, document_id: str, attempt: int, lease_seconds: float) -> None:
        self._held(document_id, attempt).lease_until = time.time() + lease_seconds

    @locked
    def complete(self, document_id: str, attempt: int, record: Record, by: Agent) -> None:
        row = self._held(document_id, attempt)
        if row.document.fixity.sha256 != record.source.fixity.sha256:
            raise FixityError("other bytes")
        if len({page.number for page in record.pages}) < len(record.pages):
            raise ValueError("page numbers are not unique")
        row.record = record
        row.finished_at = time.time()
        for made in record.derivatives:
            self._register(Shelf.DERIVATIVES, made.fixity)
        stamps = [f.value for part in record.documents for f in part.fields if f.name == "secrecy"]
        secrecy = max(row.document.secrecy, level_of(stamps))
        self._change(row, state=record.state.value, pages=len(record.pages), secrecy=secrecy)
        self._change(row, reason=why_in(record))
        counts = Counter(page.status.value for page in record.pages)
        census = ", ".join(f"{status} {count}" for status, count in sorted(counts.items()))
        self._note("digitized", document_id, by, pages=census)
        self._post("index", document_id)

    @locked
    def fail(
        self, document_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0
    ) -> None:
        self._fail(self._held(document_id, attempt), reason, by, again_in)

    @locked
    def abandon(self, worker: str, reason: str, by: Agent) -> Sequence[str]:
        theirs = [r for r in self.rows.values() if r.document.state == "running" and r.worker == worker]
        for row in theirs:
            self._fail(row, reason, by)
        return tuple(row.document.id for row in theirs)

    def _due(self, row: Row) -> bool:
        return row.document.state == "queued" and row.due_at <= time.time()

    def _fail(self, row: Row, reason: str, by: Agent, again_in: float | None = 0.0) -> None:
        row.failures += 1
        state = "queued" if row.failures < 3 and again_in is not None else "quarantined"
        row.due_at = time.time() + (again_in or 0.0)
        self._change(row, state=state, reason=reason)
        self._note("failed", row.document.id, by, "failure")
        if state == "queued":
            self._post("work", row.document.id)

    @locked
    def release(self, document_id: str, attempt: int, by: Agent) -> None:
        self._change(self._held(document_id, attempt), state="queued")
        self._note("released", document_id, by)
        self._post("work", document_id)

    @locked
    def requeue(self, document_id: str, by: Agent) -> None:
        row = self._row(document_id)
        if row.document.state == "running":
            raise ConflictError(document_id)
        if row.document.state != "queued":
            row.failures, row.due_at = 0, 0.0
            self._change(row, state="queued", reason="")
            self._note("requeued", document_id, by)
            self._post("work", document_id)

    def record(self, document_id: str) -> dict[str, Any]:
        record = self._row(document_id).record
        if record is None:
            raise NotFoundError(document_id)
        return record_to_json(record)

    def lines(self, document_id: str, page: int) -> Sequence[Line]:
        record = self._row(document_id).record
        if record is None or not 1 <= page <= len(record.pages):
            raise NotFoundError(f"{document_id} {page}")
        layer = record.pages[page - 1].layer
        return layer.lines if layer else ()

    def words(self, document_id: str, page: int) -> Sequence[Word]:
        return tuple(word for line in self.lines(document_id, page) for word in line.words)

    def derivatives(self, document_id: str) -> Sequence[Derivative]:
        record = self._row(document_id).record
        return tuple(sorted(record.derivatives, key=lambda made: made.kind)) if record else ()

    def pages_to_index(self, document_id: str) -> Sequence[IndexedPage]:
        row = self._row(document_id)
        if row.record is None:
            return ()
        known = row.document
        parts = {page: part for part in row.record.documents for page in part.pages}
        return tuple(indexed(known, page, parts.get(page.number)) for page in row.record.pages)

    def stored(self, shelf: Shelf) -> Iterator[Fixity]:
        yield from sorted(
            (o.fixity for (on, _), o in self.objects.items() if on is shelf), key=lambda f: f.sha256
        )

    @locked
    def reconciled(self, found: Mapping[str, int], again: Sequence[str], by: Agent) -> None:
        for document_id in again:
            self._post("index", document_id)
        self._note("reconciled", "archive", by)

    def waiting(self, limit: int) -> Sequence[tuple[str, bool]]:
        return tuple((row.document.id, row.document.state == "running") for row in self._waiting())[:limit]

    def queue_state(self, seconds: float) -> QueueState:
        now = time.time()
        states = Counter(row.document.state for row in self.rows.values())
        ended = [row for row in self.rows.values() if row.finished_at > now - seconds]
        oldest = [datetime.fromisoformat(row.document.received_at).timestamp() for row in self._waiting()]
        unfinished = [r.document for r in self.rows.values() if r.document.state not in {"done", "withdrawn"}]
        codes = Counter(document.reason.partition(":")[0] for document in unfinished if document.reason)
        return QueueState(
            states["queued"],
            states["running"],
            states["quarantined"],
            len(ended),
            sum(row.document.pages for row in ended),
            seconds,
            max(0.0, now - oldest[0]) if oldest else 0.0,
            tuple(codes.most_common()),
        )

    def _waiting(self) -> list[Row]:
        now = time.time()
        return [
            row
            for row in self.rows.values()
            if self._due(row) or (row.document.state == "running" and row.lease_until <= now)
        ]

    def to_ring(self, limit: int) -> Sequence[tuple[int, str]]:
        return self._posted("work", limit)

    def to_index(self, limit: int) -> Sequence[tuple[int, str]]:
        return self._posted("index", limit)

    @locked
    def rung(self, sequences: Iterable[int]) -> None:
        for sequence in list(sequences):
            self.posted.pop(sequence, None)

    indexed = rung

    @locked
    def reindex(self) -> int:
        finished = [document_id for document_id, row in self.rows.items() if row.record and row.record.pages]
        for document_id in finished:
            self._post("index", document_id)
        return len(finished)

    def to_verify(self, limit: int) -> Sequence[StoredObject]:
        oldest = sorted(self.objects.values(), key=lambda o: (o.checked_at, o.shelf.value, o.fixity.sha256))
        return tuple(oldest[:limit])

    @locked
    def verified(self, checks: Sequence[Checked], by: Agent) -> None:
        for check in checks:
            self.sequence += 1
            key = check.stored.shelf, check.stored.fixity.sha256
            at = f"2025-03-01T08:00:00.{self.sequence:06d}Z"
            self.objects[key] = replace(self.objects[key], checked_at=at, outcome=check.outcome.value)
            if check.note or check.outcome is not FixityOutcome.OK:
                self._note_check(check, by)
        if checks:
            counts = Counter(check.outcome.value for check in checks)
            told = {name: str(count) for name, count in sorted(counts.items())}
            self._note("verified", "archive", by, **told)

    def coverage(self) -> Coverage:
        found = self.objects.values()
        counts = Counter(each.outcome for each in found)
        size = sum(each.fixity.bytes for each in found)
        oldest = min((each.checked_at for each in found), default="")
        return Coverage(len(found), size, counts["ok"], counts["damaged"], counts["unreadable"], oldest)

    def batches(self) -> Sequence[BatchSummary]:
        return tuple(self._summary(fonds, batch) for fonds, batch in sorted(self.names))

    def events(self, object_id: str | None = None) -> Iterator[Event]:
        return iter([event for event in self.trail if object_id in {None, event.object_id}])

    def verify_events(self) -> tuple[int, str]:
        return len(self.trail), hashlib.sha256(repr(self.trail).encode()).hexdigest()

    def _register(self, shelf: Shelf, fixity: Fixity) -> None:
        self.objects.setdefault((shelf, fixity.sha256), StoredObject(shelf, fixity))

    def _note_check(self, check: Checked, by: Agent) -> None:
        outcome = "success" if check.outcome is FixityOutcome.OK else "failure"
        sha256 = check.stored.fixity.sha256
        for row in self.rows.values():
            made = {each.fixity.sha256 for each in row.record.derivatives} if row.record else set()
            if sha256 in {row.document.fixity.sha256} | made:
                found = {"found": check.outcome.value, "sha256": sha256, "note": check.note}
                self._note("fixity-check", row.document.id, by, outcome, **found)

    def _summary(self, fonds: str, batch: str) -> BatchSummary:
        found = list(self.documents(batch=batch, fonds=fonds))
        states = Counter(document.state for document in found)
        pages = sum(document.pages for document in found)
        return BatchSummary(batch, fonds, len(found), pages, tuple(sorted(states.items())))

    def _row(self, document_id: str) -> Row:
        if document_id not in self.rows:
            raise NotFoundError(document_id)
        return self.rows[document_id]

    def _held(self, document_id: str, attempt: int) -> Row:
        row = self._row(document_id)
        if row.document.state != "running" or row.document.attempt != attempt:
            raise ConflictError(document_id)
        return row

    def _change(self, row: Row, **changes: Any) -> None:
        row.document = replace(row.document, **changes)

    def _note(self, kind: str, object_id: str, by: Agent, outcome: str = "success", **detail: str) -> None:
        self.trail.append(Event(kind, object_id, by, "2025-03-01T08:00:00Z", outcome, tuple(detail.items())))

    def _post(self, topic: str, document_id: str) -> None:
        self.sequence += 1
        self.posted[self.sequence] = (topic, document_id)

    def _posted(self, topic: str, limit: int) -> Sequence[tuple[int, str]]:
        found = [(sequence, d) for sequence, (its, d) in self.posted.items() if its == topic]
        return tuple(found[:limit])
