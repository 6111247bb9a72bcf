"""The five protocols between what the system does and how it is done here. Small, ours, in our errors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from digitizer.finding import Ask, Found, SearchHit
from digitizer.fixity import Checked, Coverage, Shelf, StoredObject
from digitizer.holdings import BatchSummary, Job, QueueState, StoredDocument
from digitizer.model import Agent, Derivative, EngineId, Event, Fixity, Line, Reason, Record, Word

__all__ = [
    "BatchSummary",
    "BlobStore",
    "Catalogue",
    "Clock",
    "IndexedPage",
    "Job",
    "JobQueue",
    "OcrEngine",
    "QueueState",
    "ReadRequest",
    "SearchHit",
    "SearchIndex",
    "StoredDocument",
    "object_key",
]

Pixels = Any  # a numpy array; the ports load no numpy


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What an engine is asked to read: 8-bit grey pixels (H, W), dark ink on light paper, upright."""

    pixels: Pixels
    dpi: int
    single_line: bool = False


class OcrEngine(Protocol):
    """Reads text from prepared pixels, one thread, no state between calls."""

    @property
    def identity(self) -> EngineId:
        """Which engine, version and model this is."""
        ...

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        """Read one page (or one line): lines with words, boxes in pixels of the request, engine's order.

        Raises:
            PageError: the engine failed on this page (`E-TOOL`).
            MissingDependencyError: the engine or its model is not installed.
        """
        ...

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        """Clockwise degrees (0, 90, 180, 270) that turn the page upright, and a confidence (0 = no idea).

        Raises:
            PageError: the engine failed on this page (`E-TOOL`).
        """
        ...


def object_key(sha256: str) -> str:
    """The content address of an object in a store: the same bytes have one key, and no name of a person.

    >>> object_key("ab12" + "0" * 60)[:15]
    'sha256/ab/12/ab'
    """
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class BlobStore(Protocol):
    """Write-once objects under keys; masters and derivatives are two stores of this kind."""

    def put(self, key: str, data: BinaryIO, fixity: Fixity) -> bool:
        """Store `data` under `key`, create-only, durable when this returns; False if it was already there.

        Raises:
            FixityError: the bytes do not match `fixity`, or the object already there differs.
            UsageError: `key` is not a plain relative ASCII path.
            DigitizerError: the store cannot take it (`full`, `down`); nothing is stored then.
        """
        ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading, seekable.

        Raises:
            NotFoundError: no such key.
        """
        ...

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Bytes `start` up to `start + length`, fewer at the end.

        Raises:
            NotFoundError: no such key.
        """
        ...

    def verify(self, key: str, fixity: Fixity) -> None:
        """Read the whole object and compare.

        Raises:
            FixityError: the bytes differ.
            NotFoundError: no such key.
        """
        ...

    def set_aside(self, key: str, aside: str) -> None:
        """Move a damaged object, as it is, to the free key `aside`, so that a good copy can take its place.

        Raises:
            NotFoundError: no such key.
            FixityError: `aside` is taken by another object; nothing was moved.
        """
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, sorted."""
        ...


class Catalogue(Protocol):
    """The queue of record: every verb is one transaction that also writes its event."""

    def add_document(self, document: StoredDocument, by: Agent) -> StoredDocument:
        """Add a received document with its outbox row.

        The same bytes in the same fonds again return the first one, unchanged (another `id` than asked
        for); where they came from is kept as a second receipt.
        """
        ...

    def refuse(self, document: StoredDocument, reason: Reason, by: Agent) -> None:
        """Note that an input was refused at the door: a receipt and an event, no document."""
        ...

    def document(self, document_id: str) -> StoredDocument:
        """One document.

        Raises:
            NotFoundError: no such document.
        """
        ...

    def documents(
        self, batch: str | None = None, state: str | None = None, fonds: str | None = None
    ) -> Iterator[StoredDocument]:
        """Documents in the order they were received."""
        ...

    def claim(
        self, worker: str, lease_seconds: float, document_id: str | None = None
    ) -> StoredDocument | None:
        """Take the oldest waiting document (or one whose lease ran out); its `attempt` goes up by one.

        With `document_id` that one only, if it waits.
        """
        ...

    def waiting(self, limit: int) -> Sequence[tuple[str, bool]]:
        """Documents a worker may take, oldest first: (id, whether a worker left it without a word)."""
        ...

    def heartbeat(self, document_id: str, attempt: int, lease_seconds: float) -> None:
        """Keep a lease.

        Raises:
            ConflictError: the lease was taken over; stop working on it.
        """
        ...

    def complete(self, document_id: str, attempt: int, record: Record, by: Agent) -> None:
        """Commit a finished record: pages, text layers, fields, derivatives, state, event, index outbox row.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def fail(
        self, document_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0
    ) -> None:
        """Give a document back after a failure; after 3 failures it is quarantined.

        `reason` is a code and a clear line, never recognised text. It may be taken again `again_in` seconds
        from now; None quarantines it at once, for a person to look at.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def abandon(self, worker: str, reason: str, by: Agent) -> Sequence[str]:
        """Fail whatever `worker` holds, for it is known to be dead; the ids."""
        ...

    def release(self, document_id: str, attempt: int, by: Agent) -> None:
        """Give a document back unharmed (the worker was told to stop); this does not count as a failure.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def requeue(self, document_id: str, by: Agent) -> None:
        """Let a quarantined or finished document be worked on again; what is known of it stays till then.

        Raises:
            NotFoundError: no such document.
            ConflictError: a worker holds it.
        """
        ...

    def record(self, document_id: str) -> dict[str, Any]:
        """The record as JSON values (`digitizer.record/1`).

        Raises:
            NotFoundError: no such document, or it is not finished.
        """
        ...

    def words(self, document_id: str, page: int) -> Sequence[Word]:
        """The words of one page in reading order, for snippets and boxes.

        Raises:
            NotFoundError: no such page.
        """
        ...

    def lines(self, document_id: str, page: int) -> Sequence[Line]:
        """The printed lines of one page in reading order, with their words.

        Raises:
            NotFoundError: no such page.
        """
        ...

    def derivatives(self, document_id: str) -> Sequence[Derivative]:
        """The files made from a finished document; their objects lie under `object_key` of the digest."""
        ...

    def pages_to_index(self, document_id: str) -> Sequence[IndexedPage]:
        """What the index takes of a finished document: all its pages, blank and failed ones without text."""
        ...

    def to_ring(self, limit: int) -> Sequence[tuple[int, str]]:
        """Work outbox: (sequence, document id) for which no worker was woken yet, oldest first."""
        ...

    def to_index(self, limit: int) -> Sequence[tuple[int, str]]:
        """Index outbox: (sequence, document id) not yet indexed, oldest first."""
        ...

    def rung(self, sequences: Iterable[int]) -> None:
        """Mark work outbox rows as done."""
        ...

    def indexed(self, sequences: Iterable[int]) -> None:
        """Mark index outbox rows as done."""
        ...

    def reindex(self) -> int:
        """Put every finished document into the index outbox again; how many."""
        ...

    def to_verify(self, limit: int) -> Sequence[StoredObject]:
        """Objects of all documents, the longest unchecked first."""
        ...

    def verified(self, checks: Sequence[Checked], by: Agent) -> None:
        """Note outcomes of checks: one event for all, and one a document for each that is bad or mended."""
        ...

    def stored(self, shelf: Shelf) -> Iterator[Fixity]:
        """Every object some document stands on, in the order of their digests."""
        ...

    def reconciled(self, found: Mapping[str, int], again: Sequence[str], by: Agent) -> None:
        """Note a comparison that ran to its end, with its counts; these documents are to be indexed again."""
        ...

    def coverage(self) -> Coverage:
        """How much of what is stored was checked, and with what outcome."""
        ...

    def queue_state(self, seconds: float) -> QueueState:
        """How much waits, and how much ended in the last `seconds`."""
        ...

    def batches(self) -> Sequence[BatchSummary]:
        """Every batch with its counts."""
        ...

    def events(self, object_id: str | None = None) -> Iterator[Event]:
        """The audit trail, oldest first."""
        ...

    def verify_events(self) -> tuple[int, str]:
        """Walk the hash chain of the audit trail; (number of events, last hash) to keep elsewhere.

        Raises:
            FixityError: an event was changed, removed or put in between.
        """
        ...


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """What the index takes of one page; `text` is NFC in reading order, `date` YYYYMMDD or 0 if not known."""

    document_id: str
    page: int
    fonds: str
    batch: str
    document_class: str
    text: str
    secrecy: int = 0
    agency: str = ""
    date: int = 0
    state: str = ""

    @property
    def stamp(self) -> int:
        """63 bits over all of it: an index that stored another number holds an older page."""
        return int.from_bytes(hashlib.sha256(repr(astuple(self)).encode()).digest()[:8]) >> 1


class SearchIndex(Protocol):
    """Finds pages with tones typed or not; disposable, rebuilt from the catalogue at any time."""

    def replace(self, document_id: str, pages: Iterable[IndexedPage]) -> None:
        """Put a document's pages in, in place of what was there for it; visible after `commit`."""
        ...

    def commit(self) -> None:
        """Make all replacements durable and visible."""
        ...

    def search(self, query: str, limit: int, fonds: Sequence[str] | None = None) -> tuple[SearchHit, ...]:
        """Best pages first, exact tones before folded ones; `fonds` limits what may be seen."""
        ...

    def select(self, ask: Ask) -> Found:
        """Answer a question in the scope of who asks: what is outside is neither found nor counted."""
        ...

    def pages(self) -> int:
        """How many pages the index holds."""
        ...

    def stamps(self, document_id: str) -> Mapping[int, int]:
        """The pages of a document here, each with its `IndexedPage.stamp` as it was put in."""
        ...

    def counts(self) -> Iterator[tuple[str, int]]:
        """Every document in the index with how many pages it has there."""
        ...

    def clear(self) -> None:
        """Empty the index."""
        ...


class JobQueue(Protocol):
    """Wakes workers; may lose or repeat a ring, and holds a bounded number of them."""

    def ring(self, job: Job, *, first: bool = False) -> bool:
        """Say that there is work, before all other rings if `first`; False when it holds all it can.

        Raises:
            MissingDependencyError: The queue's server is down.
        """
        ...

    def depth(self) -> int:
        """How many rings wait."""
        ...


class Clock(Protocol):
    """Wall time, so that tests can set it."""

    def now(self) -> str:
        """UTC as ISO 8601 with `Z`."""
        ...


PathLike = Path | str
