"""What people said, laid over what a reading found whenever it is asked for; no row of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from digitizer.model import Box, Derivative, Line
from digitizer.understanding.amended import amended_lines
from storage import queries, rows
from storage.desk_tables import amendment, rebuilt
from storage.schema import derivative, text_layer

__all__ = ["derivatives", "field_rows", "lines", "page_texts", "revision", "said"]


def said(connection: Connection, document_id: str) -> Sequence[Row[Any]]:
    """All that people said of a document, the oldest first."""
    mine = select(amendment).where(amendment.c.document_id == document_id)
    return connection.execute(mine.order_by(amendment.c.seq)).all()


def revision(connection: Connection, document_id: str) -> int:
    """The number of the last thing that was said of a document; 0 for nothing."""
    last = select(func.max(amendment.c.seq)).where(amendment.c.document_id == document_id)
    return connection.execute(last).scalar() or 0


def field_rows(statements: Iterable[Row[Any]]) -> Sequence[Row[Any]]:
    """Of each field on each page what was said last, in the order it was first spoken of."""
    latest: dict[tuple[int, str], Row[Any]] = {}
    for row in statements:
        if row.name:
            latest[row.page, row.name] = row
    return tuple(latest.values())


def lines(connection: Connection, document_id: str, page: int, read: Sequence[Line]) -> tuple[Line, ...]:
    """The printed lines of a page with what people said of them."""
    mine = select(amendment).where(
        amendment.c.document_id == document_id, amendment.c.page == page, amendment.c.name == ""
    )
    found = connection.execute(mine.order_by(amendment.c.seq)).all()
    return amended_lines(read, [(Box(*row.box), row.value) for row in found]) if found else tuple(read)


def page_texts(connection: Connection, document: Row[Any], statements: Iterable[Row[Any]]) -> dict[int, str]:
    """The text of those pages of which a line was spoken."""
    spoken = sorted({row.page for row in statements if not row.name})
    if not spoken:
        return {}
    wanted = queries.current(text_layer, document).where(text_layer.c.page.in_(spoken))
    read = {row.page: rows.unpack_lines(row.lines) for row in connection.execute(wanted)}
    shown = {page: lines(connection, document.id, page, read.get(page, ())) for page in spoken}
    return {page: "\n".join(line.text for line in found) for page, found in shown.items()}


def derivatives(connection: Connection, document: Row[Any]) -> tuple[Derivative, ...]:
    """The files of the last reading, those made again in place of the first, by kind."""
    made = queries.current(derivative, document)
    found = {row.kind: row for row in connection.execute(made)}
    again = queries.current(rebuilt, document).order_by(rebuilt.c.revision)
    found |= {row.kind: row for row in connection.execute(again)}
    return tuple(rows.derivative_of(found[kind]) for kind in sorted(found))
