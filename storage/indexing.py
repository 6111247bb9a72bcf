"""What the index takes of a finished document: the text of its pages and what they can be narrowed by."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Connection, Row

from digitizer.ports import IndexedPage
from storage import amended, queries, rows
from storage.corrected import parts_standing
from storage.schema import field_value, text_layer
from storage.schema import page as page_table

__all__ = ["date_number", "indexed_pages"]

_DATE: Final = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)?(\d{4})")


def indexed_pages(connection: Connection, document: Row[Any]) -> tuple[IndexedPage, ...]:
    """All pages of the last finished attempt, blank and failed ones without text."""
    found = connection.execute(queries.current(page_table, document).order_by(page_table.c.number)).all()
    layers = connection.execute(queries.current(text_layer, document)).all()
    read = queries.current(field_value, document).where(field_value.c.origin == "machine")
    part_of = {number: part for part in parts_standing(connection, document) for number in part.pages}
    values = {(row.part, row.name): row.value for row in connection.execute(read)}
    texts = {layer.page: rows.text_of(layer.lines) for layer in layers}
    said = amended.said(connection, document.id)
    for row in amended.field_rows(said):
        if row.page in part_of:
            values[part_of[row.page].number, row.name] = row.value
    texts |= amended.page_texts(connection, document, said)
    return tuple(_page(document, row.number, part_of.get(row.number), values, texts) for row in found)


def _page(
    document: Row[Any],
    number: int,
    part: Row[Any] | None,
    values: dict[tuple[int, str], str],
    texts: dict[int, str],
) -> IndexedPage:
    which = part.number if part is not None else 0
    return IndexedPage(
        document_id=document.id,
        page=number,
        fonds=document.fonds,
        batch=document.batch,
        document_class=part._mapping["class"] if part is not None else "unknown",
        text=texts.get(number, ""),
        secrecy=document.secrecy,
        agency=values.get((which, "organ_name"), ""),
        date=date_number(values.get((which, "date"), "")),
        state=document.state,
    )


def date_number(date: str) -> int:
    """`DD/MM/YYYY`, `MM/YYYY` or `YYYY` as YYYYMMDD, unknown parts 00; 0 where it is none of them."""
    match = _DATE.fullmatch(date)
    if match is None:
        return 0
    day, month, year = (int(part or 0) for part in match.groups())
    return year * 10_000 + month * 100 + day
