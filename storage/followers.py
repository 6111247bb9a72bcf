"""What follows an event of the catalogue in its transaction: sums, files to make again, requests done."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select, update

from digitizer.model import Event
from storage import ledger, queries, trail
from storage.desk_tables import amendment, division, rescan
from storage.schema import document
from storage.versions import note_version

__all__ = ["note"]


def note(connection: Connection, event: Event) -> None:
    """Follow an event."""
    ledger.note(connection, event)
    if event.kind == "received":
        note_version(connection, event)
        _received(connection, event)
    elif event.kind == "digitized":
        _digitized(connection, event)


def _received(connection: Connection, event: Event) -> None:
    """Other bytes under the path of what was to be scanned again are the replacement: the request is done."""
    came = queries.row(connection, event.object_id)
    same = (document.c.fonds == came.fonds) & (document.c.path == came.path) & (document.c.id != came.id)
    # From the open requests to their documents: a join may walk every document of the fonds at each arrival.
    of_it = exists().where(document.c.id == rescan.c.document_id, same)
    wanted = select(rescan.c.seq, rescan.c.document_id).where(rescan.c.closed_at.is_(None), of_it)
    for row in connection.execute(wanted).all():
        done = update(rescan).where(rescan.c.seq == row.seq)
        connection.execute(done.values(closed_at=event.at, replaced_by=came.id))
        told = (("request", str(row.seq)), ("replacement", came.id))
        trail.append(connection, Event("rescanned", row.document_id, event.agent, event.at, "success", told))


def _digitized(connection: Connection, event: Event) -> None:
    """A new reading: its files do not hold yet what people said of an earlier one."""
    for table in (amendment, division):
        mine = select(table.c.seq).where(table.c.document_id == event.object_id).limit(1)
        if connection.execute(mine).first() is not None:
            queries.post(connection, "amend", event.object_id)
            return
