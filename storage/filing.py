"""Filing in SQL: a document's place and use change in one transaction, and the index hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, select, update

from digitizer.errors import ConflictError
from digitizer.filing import WITHDRAWN
from digitizer.holdings import StoredDocument
from digitizer.model import Agent, Event
from storage import ledger, queries, rows, trail
from storage.dialect import engine_for, writing
from storage.inventory_schema import passage
from storage.migrate import bring_up_to_date
from storage.page_job_table import page_job
from storage.schema import batch, document

__all__ = ["SqlFiling"]


class SqlFiling:
    """`Filing` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def move(self, document_id: str, fonds: str, name: str, by: Agent) -> StoredDocument:
        """File a document elsewhere; see `Filing`."""
        with writing(self._engine) as connection:
            row = queries.row(connection, document_id)
            if (row.fonds, row.batch) == (fonds, name):
                return rows.document_of(row)
            _need_free(connection, row, fonds)
            key = {"fonds": fonds, "name": name}
            if connection.execute(select(batch).filter_by(**key)).first() is None:
                connection.execute(batch.insert().values(**key, created_at=self._now()))
            connection.execute(queries.of(document_id).values(fonds=fonds, batch=name))
            if row.fonds != fonds:
                _move_passage(connection, document_id, fonds)
            told = {"from_fonds": row.fonds, "from_batch": row.batch, "fonds": fonds, "batch": name}
            self._note(connection, "moved", document_id, by, told)
            return rows.document_of(queries.row(connection, document_id))

    def withdraw(self, document_id: str, reason: str, by: Agent) -> StoredDocument:
        """Take a document out of use; see `Filing`."""
        with writing(self._engine) as connection:
            row = queries.row(connection, document_id)
            if row.state != WITHDRAWN:
                gone = {"lease_until": None, "worker": None, "due_at": None, "finished_attempt": None}
                changes = {"state": WITHDRAWN, "reason": reason, **gone}
                connection.execute(queries.of(document_id).values(**changes))
                _stop_page_jobs(connection, document_id)
                self._note(connection, "withdrawn", document_id, by, {"before": row.state})
            return rows.document_of(queries.row(connection, document_id))

    def _note(
        self, connection: Connection, kind: str, document_id: str, by: Agent, told: dict[str, str]
    ) -> None:
        """The event, and the index's turn: it must not show a document where it is not."""
        trail.append(
            connection, Event(kind, document_id, by, self._now(), "success", tuple(sorted(told.items())))
        )
        queries.post(connection, "index", document_id)


def _need_free(connection: Connection, row: Row[Any], fonds: str) -> None:
    same = select(document.c.id).where(
        document.c.fonds == fonds,
        document.c.sha256 == row.sha256,
        document.c.bytes == row.bytes,
        document.c.id != row.id,
    )
    there = connection.execute(same).scalar()
    if there is not None:
        raise ConflictError(
            f"fonds {fonds} has the same file already, as document {there}: nothing was moved"
        )


def _move_passage(connection: Connection, document_id: str, fonds: str) -> None:
    """Its dossier was one of the fonds it left; the sums follow."""
    mine = passage.c.document_id == document_id
    row = connection.execute(select(passage).where(mine)).one_or_none()
    if row is not None:
        with ledger.moving(connection, [(row.fonds, row.dossier)], [document_id]):
            connection.execute(update(passage).where(mine).values(fonds=fonds, dossier=""))


def _stop_page_jobs(connection: Connection, document_id: str) -> None:
    """A job that ends now would put the document back on the queue."""
    its = update(page_job).where(page_job.c.document_id == document_id)
    connection.execute(its.values(state="void", lease_until=None, worker=None))
