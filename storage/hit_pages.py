"""The pages of one portion of hits in SQL: a handful of statements, whatever the number of hits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, select, tuple_, union_all

from digitizer.hit_pages import HitPage, PageKey
from digitizer.model import Line, Word
from storage import amended, rows
from storage.corrected import with_corrections
from storage.desk_tables import amendment, division
from storage.dialect import engine_for, reading
from storage.schema import document, field_value, page, record, text_layer

__all__ = ["SqlHitPages"]

Json = dict[str, Any]


class PackedLines:
    """The lines of a page as they are packed; a line becomes a `Line` when it is asked for."""

    def __init__(self, packed: Sequence[Any]) -> None:
        self._packed = packed
        self.words = [[word[0] for word in words] for _block, words in packed]

    def line(self, number: int) -> Line:
        """One line; see `Printed`."""
        block, words = self._packed[number]
        return Line(tuple(Word.from_list(word) for word in words), block)


class ReadyLines:
    """Lines that are there already."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self.words = [[word.text for word in line.words] for line in lines]

    def line(self, number: int) -> Line:
        """One line; see `Printed`."""
        return self._lines[number]


class SqlHitPages:
    """`HitPages` in the catalogue at `url`."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __call__(self, wanted: Sequence[PageKey]) -> Mapping[PageKey, HitPage]:
        """The pages; see `HitPages`."""
        ids = sorted({document_id for document_id, _ in wanted})
        if not ids:
            return {}
        asked = {"ids": ids, "numbers": sorted({number for _, number in wanted}), "keys": list(wanted)}
        with reading(self._engine) as connection:
            known = {row.id: row for row in connection.execute(_DOCUMENTS, {"ids": ids})}
            spoken = {row.document_id for row in connection.execute(_SPOKEN, {"ids": ids})}
            fields = _fields(connection, asked)
            fields |= {each: _corrected(connection, known[each]) for each in spoken}
            found = {}
            for (document_id, number), layer in _layers(connection, asked).items():
                lines = _as_said(connection, document_id, number, layer) if document_id in spoken else layer
                there = [each for each in fields.get(document_id, ()) if each["page"] == number]
                found[document_id, number] = HitPage(rows.document_of(known[document_id]), lines, there)
            return found


# Built once: to put a statement together takes longer than to run it on the pages of one portion.
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_NUMBERS: Final[BindParameter[Any]] = bindparam("numbers", expanding=True)
_KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
_DOCUMENTS: Final = select(document).where(document.c.id.in_(_IDS))
# Documents of which people said something: their text and fields are more than one row each.
_SPOKEN: Final = union_all(
    *(select(table.c.document_id).where(table.c.document_id.in_(_IDS)) for table in (amendment, division))
)
# The wanted pages of finished readings; those without text have no lines. Pairs alone would be sought by
# reading the whole table (SQLite); the first two conditions use its key.
_LAYERS: Final = (
    select(page.c.document_id, page.c.number, text_layer.c.lines)
    .select_from(page)
    .join(document, and_(page.c.document_id == document.c.id, page.c.attempt == document.c.finished_attempt))
    .outerjoin(
        text_layer,
        and_(
            text_layer.c.document_id == page.c.document_id,
            text_layer.c.page == page.c.number,
            text_layer.c.attempt == page.c.attempt,
        ),
    )
    .where(
        page.c.document_id.in_(_IDS),
        page.c.number.in_(_NUMBERS),
        tuple_(page.c.document_id, page.c.number).in_(_KEYS),
    )
)
_FIELDS: Final = (
    select(field_value.c.document_id, field_value.c.name, field_value.c.page, field_value.c.box)
    .join(
        document,
        and_(
            field_value.c.document_id == document.c.id, field_value.c.attempt == document.c.finished_attempt
        ),
    )
    .where(
        field_value.c.document_id.in_(_IDS), tuple_(field_value.c.document_id, field_value.c.page).in_(_KEYS)
    )
)


def _layers(connection: Connection, asked: Mapping[str, Any]) -> dict[PageKey, PackedLines]:
    return {
        (row.document_id, row.number): PackedLines(rows.unpack_json(row.lines) if row.lines else ())
        for row in connection.execute(_LAYERS, asked)
    }


def _fields(connection: Connection, asked: Mapping[str, Any]) -> dict[str, list[Json]]:
    """The machine's fields of the current readings on these pages, by document."""
    found = defaultdict[str, list[Json]](list)
    for row in connection.execute(_FIELDS, {"ids": asked["ids"], "keys": asked["keys"]}):
        found[row.document_id].append({"name": row.name, "page": row.page, "box": row.box})
    return dict(found)


def _corrected(connection: Connection, of_document: Row[Any]) -> list[Json]:
    mine = record.c.document_id == of_document.id, record.c.attempt == of_document.finished_attempt
    row = connection.execute(select(record.c.json).where(*mine)).first()
    if row is None:
        return []
    values = with_corrections(connection, of_document, rows.unpack_json(row.json))
    return [each for part in values["documents"] for each in part["fields"]]


def _as_said(connection: Connection, document_id: str, number: int, layer: PackedLines) -> ReadyLines:
    read = [layer.line(each) for each in range(len(layer.words))]
    return ReadyLines(amended.lines(connection, document_id, number, read))
