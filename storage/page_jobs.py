"""Page jobs in SQL: parts of one document that are leased, fenced and tried again by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    and_,
    case,
    delete,
    distinct,
    func,
    or_,
    select,
    update,
)

from digitizer.errors import ConflictError
from digitizer.model import Agent, Event, Fixity
from digitizer.page_jobs import PageJob, Shared
from storage import followers, queries, rows, trail
from storage.dialect import engine_for, now_seconds, reading, writing
from storage.migrate import bring_up_to_date
from storage.page_job_table import page_job
from storage.schema import document, outbox

__all__ = ["SqlPageJobs"]

MAX_FAILURES: Final = 3
_TOPIC: Final = "pages"
_AT_ONCE: Final = 500
_OPEN: Final = ("queued", "running")
_ENDED: Final = ("read", "gap")
_SYSTEM: Final = Agent("software:digitizer/catalogue")
_LEASE_GONE: Final = {"lease_until": None, "worker": None}


class SqlPageJobs:
    """`PageJobs` in the database at `url`, beside the catalogue and in its transactions."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def split(
        self, document_id: str, attempt: int, parts: Sequence[tuple[int, int]], made_by: str, by: Agent
    ) -> None:
        """Turn a held document into jobs; see `PageJobs`."""
        with writing(self._engine) as connection:
            queries.held(connection, document_id, attempt)
            connection.execute(queries.of(document_id).values(**_LEASE_GONE))
            _void(connection, document_id)
            for first, last in parts:
                _add(connection, document_id, attempt, made_by, first, last)
            pages, jobs = parts[-1][1], len(parts)
            self._note(connection, "split", document_id, by, attempt=attempt, pages=pages, jobs=jobs)

    def claim(self, worker: str, lease_seconds: float, job_id: str | None = None) -> PageJob | None:
        """Take a job; see `PageJobs`."""
        with reading(self._engine) as connection:  # most often there is none: no lock for that
            if connection.execute(_wanted(now_seconds(connection), job_id)).first() is None:
                return None
        with writing(self._engine) as connection:
            now = now_seconds(connection)
            for left in connection.execute(select(page_job).where(_left(now))).all():
                self._fail(connection, left, "E-TOOL: the worker died or hung on these pages", _SYSTEM, 0.0)
            found = connection.execute(_wanted(now, job_id)).first()
            if found is None:
                return None
            claimed = {"state": "running", "attempt": found.attempt + 1, "worker": worker}
            connection.execute(_of(found.seq).values(**claimed, lease_until=now + lease_seconds))
            self._tell(connection, "pages-claimed", found, Agent(worker), attempt=found.attempt + 1)
            return _job_of(connection, _row(connection, found.seq))

    def heartbeat(self, job_id: str, attempt: int, lease_seconds: float) -> None:
        """Keep a lease; see `PageJobs`."""
        with writing(self._engine) as connection:
            row = _held(connection, job_id, attempt)
            lease = now_seconds(connection) + lease_seconds
            connection.execute(_of(row.seq).values(lease_until=lease))

    def complete(self, job_id: str, attempt: int, fixity: Fixity, by: Agent) -> None:
        """Commit pages that were read; see `PageJobs`."""
        with writing(self._engine) as connection:
            row = _held(connection, job_id, attempt)
            made = {"sha256": fixity.sha256, "bytes": fixity.bytes, "reason": None}
            connection.execute(_of(row.seq).values(state="read", **made, **_LEASE_GONE))
            self._tell(connection, "pages-read", row, by, attempt=attempt)
            self._end(connection, row, by)

    def fail(self, job_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0) -> None:
        """Give a job back after a failure; see `PageJobs`."""
        with writing(self._engine) as connection:
            row = _held(connection, job_id, attempt)
            if again_in is None:
                self._quarantine(connection, row, reason, by)
            else:
                self._fail(connection, row, reason, by, again_in)

    def release(self, job_id: str, attempt: int, by: Agent) -> None:
        """Give a job back unharmed; see `PageJobs`."""
        with writing(self._engine) as connection:
            row = _held(connection, job_id, attempt)
            connection.execute(_of(row.seq).values(state="queued", **_LEASE_GONE))
            self._tell(connection, "pages-released", row, by, attempt=attempt)
            queries.post(connection, _TOPIC, row.document_id, row.seq)

    def abandon(self, worker: str, reason: str, by: Agent) -> int:
        """Fail what a dead worker holds; see `PageJobs`."""
        theirs = select(page_job).where(page_job.c.state == "running", page_job.c.worker == worker)
        with writing(self._engine) as connection:
            found = connection.execute(theirs).all()
            for row in found:
                self._fail(connection, row, reason, by, 0.0)
        return len(found)

    def parts(self, document_id: str, made_by: str) -> Sequence[PageJob]:
        """The ended jobs of a document; see `PageJobs`."""
        with reading(self._engine) as connection:
            known = queries.row(connection, document_id)
            its = select(page_job).where(page_job.c.document_id == document_id, page_job.c.state != "void")
            found = connection.execute(its.order_by(page_job.c.first)).all()
            good = all(row.state in _ENDED and row.made_by == made_by for row in found)
            if not good or any(row.split <= (known.finished_attempt or 0) for row in found):
                return ()
            return tuple(_job_of(connection, row) for row in found)

    def waiting(self, limit: int) -> Sequence[tuple[str, bool]]:
        """Jobs a worker may take; see `PageJobs`."""
        with reading(self._engine) as connection:
            now = now_seconds(connection)
            found = connection.execute(queries.takeable(page_job, now, limit))
            return tuple((_id_of(row), row.state == "running") for row in found)

    def to_ring(self, limit: int) -> Sequence[tuple[int, str]]:
        """Outbox of jobs; see `PageJobs`."""
        waiting = select(outbox).where(outbox.c.topic == _TOPIC, outbox.c.done_at.is_(None))
        with reading(self._engine) as connection:
            found = connection.execute(waiting.order_by(outbox.c.done_at, outbox.c.seq).limit(limit))
            return tuple((row.seq, f"{row.document_id}-{row.part}") for row in found)

    def rung(self, sequences: Iterable[int]) -> None:
        """Mark outbox rows as done; see `PageJobs`."""
        done = list(sequences)
        with writing(self._engine) as connection:
            for start in range(0, len(done), _AT_ONCE):
                those = outbox.c.seq.in_(done[start : start + _AT_ONCE])
                connection.execute(update(outbox).where(those).values(done_at=self._now()))

    def under_way(self) -> bool:
        """Whether anything is held or waits; see `PageJobs`."""
        held = select(document.c.seq).where(document.c.state == "running").limit(1)
        with reading(self._engine) as connection:
            return connection.execute(held).first() is not None

    def shared(self) -> Shared:
        """How far shared documents are; see `PageJobs`."""
        size = page_job.c.last - page_job.c.first + 1
        ended = case((page_job.c.state.in_(_ENDED), size), else_=0)
        sums = select(
            func.count(distinct(page_job.c.document_id)),
            func.coalesce(func.sum(size), 0),
            func.coalesce(func.sum(ended), 0),
        )
        now = page_job.c.state != "void", document.c.state.in_(_OPEN)
        its = sums.join(document, document.c.id == page_job.c.document_id).where(*now)
        with reading(self._engine) as connection:
            documents, pages, done = connection.execute(its).one()
        return Shared(documents, int(pages), int(done))

    def spent(self, limit: int) -> Sequence[PageJob]:
        """Jobs whose pages nobody needs; see `PageJobs`."""
        over = or_(page_job.c.state == "void", document.c.state.not_in(_OPEN))
        those = select(page_job).join(document, document.c.id == page_job.c.document_id).where(over)
        with reading(self._engine) as connection:
            found = connection.execute(those.order_by(page_job.c.seq).limit(limit)).all()
            return tuple(_job_of(connection, row) for row in found)

    def cleared(self, job_ids: Iterable[str]) -> None:
        """Forget jobs; see `PageJobs`."""
        gone = [_seq_of(job_id) for job_id in job_ids]
        with writing(self._engine) as connection:
            for start in range(0, len(gone), _AT_ONCE):
                those = page_job.c.seq.in_(gone[start : start + _AT_ONCE])
                connection.execute(delete(page_job).where(those))

    # Parts of a transaction.

    def _fail(self, connection: Connection, row: Row[Any], reason: str, by: Agent, again_in: float) -> None:
        """Whose fault it was shows when each page is alone; then the third time is the last."""
        due = now_seconds(connection) + again_in if again_in else None
        failures = row.failures + 1
        told = {"failures": failures, "due_at": due, "reason": reason}
        if row.last > row.first:
            for number in range(row.first, row.last + 1):
                _add(connection, row.document_id, row.split, row.made_by, number, number, **told)
            connection.execute(_of(row.seq).values(state="void", **_LEASE_GONE))
            state = "queued"
        else:
            state = "queued" if failures < MAX_FAILURES else "gap"
            connection.execute(_of(row.seq).values(state=state, **told, **_LEASE_GONE))
            if state == "queued":
                queries.post(connection, _TOPIC, row.document_id, row.seq)
        detail = {"attempt": row.attempt, "state": state}
        self._tell(connection, "pages-failed", row, by, outcome="failure", **detail)
        if state == "gap":
            self._end(connection, row, by)

    def _quarantine(self, connection: Connection, row: Row[Any], reason: str, by: Agent) -> None:
        _void(connection, row.document_id)
        held = {"state": "quarantined", "reason": reason}
        connection.execute(queries.of(row.document_id).values(**held, **_LEASE_GONE))
        detail = {"attempt": row.split, "state": "quarantined"}
        self._note(connection, "failed", row.document_id, by, outcome="failure", **detail)

    def _end(self, connection: Connection, ended: Row[Any], by: Agent) -> None:
        """With its last job the document is put together: it waits for a worker again."""
        same = and_(page_job.c.document_id == ended.document_id, page_job.c.split == ended.split)
        if connection.execute(
            select(page_job.c.seq).where(same, page_job.c.state.in_(_OPEN)).limit(1)
        ).first():
            return
        connection.execute(queries.of(ended.document_id).values(state="queued", due_at=None))
        self._note(connection, "all-pages-read", ended.document_id, by, attempt=ended.split)
        queries.post(connection, "work", ended.document_id)

    def _tell(
        self,
        connection: Connection,
        kind: str,
        row: Row[Any],
        by: Agent,
        outcome: str = "success",
        **detail: Any,
    ) -> None:
        pages = f"{row.first}-{row.last}"
        self._note(connection, kind, row.document_id, by, outcome=outcome, pages=pages, **detail)

    def _note(
        self,
        connection: Connection,
        kind: str,
        object_id: str,
        by: Agent,
        outcome: str = "success",
        **detail: Any,
    ) -> None:
        told = tuple((name, str(value)) for name, value in detail.items())
        happened = Event(kind, object_id, by, self._now(), outcome, told)
        trail.append(connection, happened)
        followers.note(connection, happened)


def _add(
    connection: Connection,
    document_id: str,
    split: int,
    made_by: str,
    first: int,
    last: int,
    **known: Any,
) -> None:
    fresh = {"state": "queued", "attempt": 0, "failures": 0}
    its = {"document_id": document_id, "split": split, "made_by": made_by, "first": first, "last": last}
    key = connection.execute(page_job.insert().values(**{**its, **fresh, **known})).inserted_primary_key
    assert key is not None
    queries.post(connection, _TOPIC, document_id, int(key[0]))


def _void(connection: Connection, document_id: str) -> None:
    """Nothing that was read before counts any more; who is at it cannot commit."""
    its = page_job.c.document_id == document_id
    connection.execute(update(page_job).where(its).values(state="void", **_LEASE_GONE))


def _of(seq: int) -> Update:
    return update(page_job).where(page_job.c.seq == seq)


def _row(connection: Connection, seq: int) -> Row[Any]:
    return connection.execute(select(page_job).where(page_job.c.seq == seq)).one()


def _held(connection: Connection, job_id: str, attempt: int) -> Row[Any]:
    """The row, if `attempt` still owns the job (fencing).

    Raises:
        ConflictError: Another attempt owns it, or none.
    """
    mine = select(page_job).where(page_job.c.seq == _seq_of(job_id))
    row = connection.execute(mine).one_or_none()
    if row is None or row.state != "running" or row.attempt != attempt:
        raise ConflictError(f"attempt {attempt} on the pages {job_id} is stale")
    return row


def _wanted(now: float, job_id: str | None) -> Select[Any]:
    if job_id is None:
        return queries.takeable(page_job, now, 1)
    return select(page_job).where(page_job.c.seq == _seq_of(job_id), queries.is_takeable(page_job, now))


def _left(now: float) -> ColumnElement[bool]:
    return and_(page_job.c.state == "running", page_job.c.lease_until <= now)


def _id_of(row: Row[Any]) -> str:
    return f"{row.document_id}-{row.seq}"


def _seq_of(job_id: str) -> int:
    return int(job_id.rpartition("-")[2])


def _job_of(connection: Connection, row: Row[Any]) -> PageJob:
    return PageJob(
        id=_id_of(row),
        document=rows.document_of(queries.row(connection, row.document_id)),
        first=row.first,
        last=row.last,
        state=row.state,
        attempt=row.attempt,
        fixity=Fixity(row.sha256, row.bytes) if row.sha256 else None,
        reason=row.reason or "",
    )
