"""The roll of the workers in SQL; no event is written, for that somebody is there is no fact of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, literal, select, update

from digitizer.roll import WorkerSeen
from storage.dialect import engine_for, now_seconds, reading, writing
from storage.migrate import bring_up_to_date
from storage.page_job_table import page_job, worker_roll
from storage.roll_seen import told
from storage.schema import document

__all__ = ["SqlRoll"]

_FORGOTTEN_SECONDS: Final = 86_400.0  # a machine that was taken away stays late for a day


class SqlRoll:
    """`Roll` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def beat(self, name: str, seconds: float) -> None:
        """Say that a worker is there; see `Roll`."""
        with writing(self._engine) as connection:
            now = now_seconds(connection)
            heard = update(worker_roll).where(worker_roll.c.name == name).values(beat=now, due=now + seconds)
            if connection.execute(heard).rowcount:
                return
            row = {"name": name, "since": now, "beat": now, "due": now + seconds}
            connection.execute(worker_roll.insert().values(row))
            connection.execute(delete(worker_roll).where(worker_roll.c.beat < now - _FORGOTTEN_SECONDS))

    def leave(self, name: str) -> None:
        """Take a worker off the roll; see `Roll`."""
        with writing(self._engine) as connection:
            connection.execute(delete(worker_roll).where(worker_roll.c.name == name))

    def workers(self) -> Sequence[WorkerSeen]:
        """Who is on the roll; see `Roll`."""
        of = worker_roll.c
        whole = select(document.c.worker, document.c.id, literal(0), literal(0))
        parts = select(page_job.c.worker, page_job.c.document_id, page_job.c.first, page_job.c.last)
        at_work = [
            each.where(table.c.state == "running", table.c.worker.is_not(None))
            for each, table in ((whole, document), (parts, page_job))
        ]
        with reading(self._engine) as connection:
            now = now_seconds(connection)
            roll = connection.execute(select(of.name, of.since, of.beat, of.due).order_by(of.name)).all()
            held = [row for each in at_work for row in connection.execute(each)]
        return told(now, roll, held)
