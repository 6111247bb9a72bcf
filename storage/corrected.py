"""The record with what people said in it: borders, values, lines; the machine's value stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from storage import amended, queries
from storage.desk_tables import division, look
from storage.schema import document_part, field_value

__all__ = ["parts_standing", "with_corrections"]

Json = dict[str, Any]


def with_corrections(connection: Connection, document: Row[Any], values: Json) -> Json:
    """`values` of the last reading as people left them.

    A field somebody changed has `origin` and `machine` (what this reading found there), one somebody let
    stand `confirmed_by`; a paper that was checked has `reviewed`, one that a person drew the borders of its
    `part` number.
    """
    if _divided(connection, document):
        values["documents"] = _documents(connection, document)
    said = amended.said(connection, document.id)
    for row in amended.field_rows(said):
        _put(values["documents"], row)
    for page, text in amended.page_texts(connection, document, said).items():
        values["pages"][page - 1]["text"] = text
    _note_looks(connection, document, values["documents"])
    return values


def parts_standing(connection: Connection, document: Row[Any]) -> Sequence[Row[Any]]:
    """The papers of the last reading as they stand, in the order of their pages."""
    wanted = queries.current(document_part, document).where(document_part.c.standing.is_(True))
    return sorted(connection.execute(wanted), key=lambda row: (min(row.pages, default=0), row.number))


def _divided(connection: Connection, document: Row[Any]) -> bool:
    made = queries.current(division, document).where(division.c.undone_at.is_(None))
    return connection.execute(made.limit(1)).first() is not None


def _documents(connection: Connection, document: Row[Any]) -> list[Json]:
    found = queries.current(field_value, document).where(field_value.c.origin == "machine")
    fields = connection.execute(found.order_by(field_value.c.seq)).all()
    return [
        {
            "pages": list(part.pages),
            "class": part._mapping["class"],
            "class_confidence": round(part.class_confidence, 4),
            "needs_review": part.needs_review,
            "fields": [_field(row) for row in fields if row.part == part.number],
            "part": part.number,
        }
        for part in parts_standing(connection, document)
    ]


def _field(row: Row[Any]) -> Json:
    return {
        "name": row.name,
        "value": row.value,
        "raw": row.raw,
        "page": row.page,
        "box": list(row.box),
        "confidence": round(row.confidence, 4),
        "source": row.source,
        "checks": [{"rule": rule, "outcome": outcome, "message": told} for rule, outcome, told in row.checks],
    }


def _put(documents: Iterable[Json], row: Row[Any]) -> None:
    """Put what a person said of a field into the paper that has its page."""
    paper = next((each for each in documents if row.page in each["pages"]), None)
    if paper is None:
        return
    fields = paper["fields"]
    known = next((each for each in fields if each["name"] == row.name), None)
    if not row.value:
        paper["fields"] = [each for each in fields if each is not known]
    elif known is None:
        fields.append(_new(row))
    elif known["value"] == row.value:
        known["confirmed_by"] = row.agent
    else:
        known["machine"] = {"value": known["value"], "confidence": known["confidence"]}
        known |= {"value": row.value, "confidence": 1.0, "checks": []}
        known |= {"origin": row.agent, "confirmed_by": row.agent}


def _new(row: Row[Any]) -> Json:
    told = {"name": row.name, "value": row.value, "raw": row.value, "page": row.page, "box": list(row.box)}
    by = {"origin": row.agent, "confirmed_by": row.agent}
    return told | {"confidence": 1.0, "source": "printed", "checks": []} | by


def _note_looks(connection: Connection, document: Row[Any], documents: Iterable[Json]) -> None:
    looks = connection.execute(queries.current(look, document).order_by(look.c.number))
    by_part = {row.part: row for row in looks}  # the last look decides
    for place, paper in enumerate(documents, start=1):
        row = by_part.get(paper.get("part", place))
        if row is not None and row.settled and row.outcome == "kept":
            paper["needs_review"] = False
            paper["reviewed"] = {"by": row.agent, "at": row.at}
