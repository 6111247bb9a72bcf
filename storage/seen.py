"""The catalogue for a command that only looks: the same answers, straight from the database's driver.

To load SQLAlchemy takes longer than everything else such a command does. The statements here are held to
those of `storage.queries` by the contract suite, which runs over both.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from digitizer.errors import NotFoundError
from digitizer.holdings import BatchSummary, QueueState, Shared, StoredDocument
from digitizer.model import Agent, Event, Fixity
from storage.driver import Driver, Moment

__all__ = ["SeenCatalogue"]

_AT_ONCE: Final = 500
_DOCUMENT: Final = (
    "SELECT seq, id, fonds, batch, name, path, media_type, sha256, bytes, state, pages, attempt, "
    "received_at, reason, secrecy FROM document"
)
_STATES: Final = "SELECT state, count(*) FROM document GROUP BY state"
_ENDED: Final = (
    "SELECT count(*), coalesce(sum(pages), 0), min(finished_at) FROM document WHERE finished_at > :since"
)
_BEFORE: Final = "SELECT seq FROM document WHERE finished_at <= :since LIMIT 1"
# Each half by the index of states, as a range: see `storage.queries.takeable`.
_OLDEST: Final = (
    "SELECT received_at FROM document WHERE seq IN ("
    "SELECT seq FROM (SELECT seq FROM document WHERE state BETWEEN 'queued' AND 'queued' "
    "AND (due_at IS NULL OR due_at <= :now) ORDER BY state, seq LIMIT 1) AS due UNION ALL "
    "SELECT seq FROM (SELECT seq FROM document WHERE state BETWEEN 'running' AND 'running' "
    "AND lease_until <= :now ORDER BY state, seq LIMIT 1) AS gone) ORDER BY seq LIMIT 1"
)
_FAILURES: Final = (
    "SELECT substr(reason, 1, 12) AS code, count(*) FROM document WHERE reason IS NOT NULL "
    "AND state IN ('queued', 'running', 'quarantined', 'refused', 'done_with_gaps') GROUP BY code"
)
_COUNTS: Final = (
    "SELECT fonds, batch, state, count(*), sum(pages) FROM document "
    "GROUP BY fonds, batch, state ORDER BY state"
)
_BATCHES: Final = "SELECT fonds, name FROM batch ORDER BY fonds, name"
_EVENTS: Final = "SELECT seq, kind, object_id, agent, at, outcome, detail FROM event WHERE seq > :last"
_SHARED: Final = (
    'SELECT count(DISTINCT page_job.document_id), coalesce(sum("last" - "first" + 1), 0), '
    "coalesce(sum(CASE WHEN page_job.state IN ('read', 'gap') THEN \"last\" - \"first\" + 1 ELSE 0 END), 0) "
    "FROM page_job JOIN document ON document.id = page_job.document_id "
    "WHERE page_job.state <> 'void' AND document.state IN ('queued', 'running')"
)


class SeenCatalogue:
    """What a catalogue and its page jobs tell of themselves; see `Catalogue` and `PageJobs`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def document(self, document_id: str) -> StoredDocument:
        """One document; see `Catalogue`."""
        with self._driver.moment() as moment:
            found = moment.rows(f"{_DOCUMENT} WHERE id = :id", id=document_id)
        if not found:
            raise NotFoundError(f"no document {document_id}")
        return _document_of(found[0])

    def documents(
        self, batch: str | None = None, state: str | None = None, fonds: str | None = None
    ) -> Iterator[StoredDocument]:
        """Documents in the order they were received, read in portions; see `Catalogue`."""
        given = {"batch": batch, "state": state, "fonds": fonds}
        asked = {name: value for name, value in given.items() if value is not None}
        narrow = "".join(f" AND {name} = :{name}" for name in asked)
        for row in self._in_portions(f"{_DOCUMENT} WHERE seq > :last{narrow}", asked):
            yield _document_of(row)

    def events(self, object_id: str | None = None) -> Iterator[Event]:
        """The audit trail, oldest first, read in portions; see `Catalogue`."""
        narrow, asked = ("", {}) if object_id is None else (" AND object_id = :its", {"its": object_id})
        for row in self._in_portions(f"{_EVENTS}{narrow}", asked):
            _, kind, its, agent, at, outcome, detail = row
            told = tuple((str(name), str(value)) for name, value in json.loads(detail))
            yield Event(kind, its, Agent(agent), at, outcome, told)

    def queue_state(self, seconds: float) -> QueueState:
        """How much waits, and how much ended; see `Catalogue`."""
        with self._driver.moment() as moment:
            return _queue_state(moment, seconds)

    def batches(self) -> tuple[BatchSummary, ...]:
        """Every batch with its counts; see `Catalogue`."""
        with self._driver.moment() as moment:
            counts, every = moment.rows(_COUNTS), moment.rows(_BATCHES)
        by_batch = defaultdict(list)
        for fonds, batch, state, documents, pages in counts:
            by_batch[fonds, batch].append((state, documents, int(pages)))
        return tuple(_summary(fonds, name, by_batch[fonds, name]) for fonds, name in every)

    def shared(self) -> Shared:
        """How far shared documents are; see `PageJobs`."""
        with self._driver.moment() as moment:
            documents, pages, ended = moment.rows(_SHARED)[0]
        return Shared(documents, int(pages), int(ended))

    def _in_portions(self, wanted: str, asked: dict[str, str]) -> Iterator[tuple[Any, ...]]:
        """No transaction stays open while the caller works on a row."""
        last = 0
        while True:
            with self._driver.moment() as moment:
                found = moment.rows(f"{wanted} ORDER BY seq LIMIT {_AT_ONCE}", last=last, **asked)
            if not found:
                return
            yield from found
            last = found[-1][0]


def _document_of(row: tuple[Any, ...]) -> StoredDocument:
    _, known, fonds, batch, name, path, media, sha256, size, state, pages, attempt, at, reason, secrecy = row
    return StoredDocument(
        id=known,
        batch=batch,
        fonds=fonds,
        name=name,
        path=path,
        media_type=media,
        fixity=Fixity(sha256, size),
        state=state,
        pages=pages,
        attempt=attempt,
        received_at=at,
        reason=reason or "",
        secrecy=secrecy,
    )


def _queue_state(moment: Moment, seconds: float) -> QueueState:
    now = moment.now_seconds()
    counts = {str(state): int(count) for state, count in moment.rows(_STATES)}
    documents, pages, first = moment.rows(_ENDED, since=now - seconds)[0]
    if documents > 1 and not moment.rows(_BEFORE, since=now - seconds):
        # Work began less than `seconds` ago: between the first end and now lie all ends but that one.
        seconds = min(seconds, max(1.0, (now - first) * documents / (documents - 1)))
    oldest = [datetime.fromisoformat(at).timestamp() for (at,) in moment.rows(_OLDEST, now=now)]
    by_code: Counter[str] = Counter()
    for code, count in moment.rows(_FAILURES):
        by_code[code.partition(":")[0]] += count
    return QueueState(
        waiting=counts.get("queued", 0),
        running=counts.get("running", 0),
        quarantined=counts.get("quarantined", 0),
        documents=documents,
        pages=int(pages),
        seconds=seconds,
        oldest_seconds=max(0.0, now - oldest[0]) if oldest else 0.0,
        failures=tuple(by_code.most_common()),
    )


def _summary(fonds: str, name: str, counts: list[tuple[str, int, int]]) -> BatchSummary:
    return BatchSummary(
        batch=name,
        fonds=fonds,
        documents=sum(documents for _, documents, _ in counts),
        pages=sum(pages for _, _, pages in counts),
        by_state=tuple((state, documents) for state, documents, _ in counts),
    )
