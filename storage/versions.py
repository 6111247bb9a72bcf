"""Versions in SQL: what came in with other bytes at the place of a document goes into its series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from digitizer.model import Event
from digitizer.versions import Version
from storage import queries, rows, trail
from storage.accession_tables import version
from storage.schema import document, receipt

__all__ = ["note_version", "versions_of"]

_AT_ONCE: Final = 500


def note_version(connection: Connection, event: Event) -> None:
    """Where a document came in with the same fonds, batch and path before, this one is its next version."""
    came = queries.row(connection, event.object_id)
    before = _before(connection, came)
    if before is None:
        return
    mine = select(version).where(version.c.document_id == before)
    known = connection.execute(mine).one_or_none()
    if known is None:
        series, number = before, 2
        connection.execute(version.insert().values(document_id=before, series=before, number=1))
    else:
        series = known.series
        last = select(func.max(version.c.number)).where(version.c.series == series)
        number = int(connection.execute(last).scalar_one()) + 1
    connection.execute(version.insert().values(document_id=came.id, series=series, number=number))
    told = (("by", came.id), ("version", str(number)))
    trail.append(connection, Event("superseded", before, event.agent, event.at, "success", told))


def versions_of(connection: Connection, documents: Sequence[str]) -> dict[str, tuple[Version, ...]]:
    """All versions of each document that has several."""
    series: dict[str, str] = {}
    for start in range(0, len(documents), _AT_ONCE):
        those = version.c.document_id.in_(documents[start : start + _AT_ONCE])
        found = connection.execute(select(version.c.document_id, version.c.series).where(those))
        series |= {row.document_id: row.series for row in found}
    every, wanted = defaultdict(list), sorted(set(series.values()))
    for start in range(0, len(wanted), _AT_ONCE):
        those = version.c.series.in_(wanted[start : start + _AT_ONCE])
        its = select(version.c.series, version.c.number, document).join(
            document, document.c.id == version.c.document_id
        )
        for row in connection.execute(its.where(those).order_by(version.c.series, version.c.number)):
            every[row.series].append(Version(row.number, rows.document_of(row)))
    return {each: tuple(every[its]) for each, its in series.items()}


def _before(connection: Connection, came: Row[Any]) -> str | None:
    """The document that came in last at this place, if it still is of this fonds."""
    here = (receipt.c.fonds == came.fonds, receipt.c.batch == came.batch, receipt.c.path == came.path)
    last = (
        select(receipt.c.document_id)
        .join(document, document.c.id == receipt.c.document_id)
        .where(*here, document.c.fonds == came.fonds, document.c.id != came.id)
        .order_by(receipt.c.seq.desc())
        .limit(1)
    )
    found = connection.execute(last).scalar()
    return None if found is None else str(found)
