"""Between the nouns and the rows of the catalogue; words are packed small, because there are many."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Table

from digitizer.model import Derivative, DocumentPart, Fixity, Line, PageRecord, Record, Word
from digitizer.ports import StoredDocument
from digitizer.understanding.secret_levels import level_of
from digitizer.writing.record import record_to_json
from storage import schema

__all__ = [
    "derivative_of",
    "document_of",
    "document_row",
    "pack_json",
    "pack_lines",
    "part_field_rows",
    "part_row",
    "record_rows",
    "secrecy_in",
    "text_of",
    "unpack_json",
    "unpack_lines",
]


def document_row(document: StoredDocument) -> dict[str, Any]:
    """The columns of a document as it was received."""
    return {
        "id": document.id,
        "fonds": document.fonds,
        "batch": document.batch,
        "name": document.name,
        "path": document.path,
        "media_type": document.media_type,
        "sha256": document.fixity.sha256,
        "bytes": document.fixity.bytes,
        "received_at": document.received_at,
        "state": "queued",
        "pages": 0,
        "attempt": 0,
        "failures": 0,
        "secrecy": document.secrecy,
    }


def document_of(row: Row[Any]) -> StoredDocument:
    """The document a row holds."""
    return StoredDocument(
        id=row.id,
        batch=row.batch,
        fonds=row.fonds,
        name=row.name,
        path=row.path,
        media_type=row.media_type,
        fixity=Fixity(row.sha256, row.bytes),
        state=row.state,
        pages=row.pages,
        attempt=row.attempt,
        received_at=row.received_at,
        reason=row.reason or "",
        secrecy=row.secrecy,
    )


def derivative_of(row: Row[Any]) -> Derivative:
    """The derivative a row holds."""
    return Derivative(row.kind, row.path, Fixity(row.sha256, row.bytes), row.pdfa)


def secrecy_in(record: Record) -> int:
    """The highest secrecy stamped on any document of a record."""
    return level_of(
        value.value for part in record.documents for value in part.fields if value.name == "secrecy"
    )


def pack_json(value: object) -> bytes:
    """JSON, compressed."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "backslashreplace"))


def unpack_json(data: bytes) -> Any:
    """What `pack_json` was given."""
    return json.loads(zlib.decompress(data))


def pack_lines(lines: tuple[Line, ...]) -> bytes:
    """Lines as `[block, [[text, left, top, right, bottom, confidence], …]]`, compressed."""
    return pack_json([[line.block, [_packed(word) for word in line.words]] for line in lines])


def _packed(word: Word) -> list[str | int | float]:
    values = word.as_list()
    values[5] = round(word.confidence, 4)
    return values


def unpack_lines(data: bytes) -> tuple[Line, ...]:
    """The lines that `pack_lines` was given, confidences to 4 decimals."""
    return tuple(
        Line(tuple(Word.from_list(word) for word in words), block) for block, words in unpack_json(data)
    )


def text_of(packed: bytes) -> str:
    """The text of packed lines, without making their boxes."""
    return "\n".join(" ".join(word[0] for word in words) for _block, words in unpack_json(packed))


def record_rows(document_id: str, attempt: int, record: Record) -> list[tuple[Table, list[dict[str, Any]]]]:
    """All rows of a finished record but the document's own, by table, in an order that can be inserted."""
    key = {"document_id": document_id, "attempt": attempt}
    sha256 = record.source.fixity.sha256
    return [
        (schema.record, [key | {"json": pack_json(record_to_json(record))}]),
        (schema.page, [key | _page_row(page) for page in record.pages]),
        (schema.scan, [key | _scan_row(page, sha256) for page in record.pages]),
        (schema.text_layer, [key | _layer_row(page) for page in record.pages if page.layer]),
        (schema.document_part, [key | part_row(n, part) for n, part in enumerate(record.documents, start=1)]),
        (
            schema.field_value,
            [
                key | row
                for number, part in enumerate(record.documents, start=1)
                for row in part_field_rows(number, part)
            ],
        ),
        (schema.derivative, [key | _derivative_row(made) for made in record.derivatives]),
    ]


def _page_row(page: PageRecord) -> dict[str, Any]:
    return {
        "number": page.number,
        "status": page.status.value,
        "code": page.reason.code.value if page.reason else None,
        "reason": page.reason.message if page.reason else None,
        "quality": page.quality,
        "confidence": page.confidence,
        "flags": list(page.flags),
    }


def _scan_row(page: PageRecord, master_sha256: str) -> dict[str, Any]:
    return {
        "page": page.number,
        "master_sha256": master_sha256,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "skew_degrees": page.skew_degrees,
    }


def _layer_row(page: PageRecord) -> dict[str, Any]:
    assert page.layer is not None
    return {
        "page": page.number,
        "engine": asdict(page.layer.engine),
        "recipe": page.layer.recipe,
        "lines": pack_lines(page.layer.lines),
    }


def part_row(number: int, part: DocumentPart) -> dict[str, Any]:
    """The columns of one paper but its document's."""
    return {
        "number": number,
        "class": part.document_class,
        "class_confidence": part.class_confidence,
        "needs_review": part.needs_review,
        "pages": list(part.pages),
    }


def part_field_rows(number: int, part: DocumentPart) -> list[dict[str, Any]]:
    """The columns of a paper's fields but their document's."""
    return [
        {
            "part": number,
            "origin": "machine",
            "name": value.name,
            "value": value.value,
            "raw": value.raw,
            "page": value.page,
            "box": value.box.as_list(),
            "confidence": value.confidence,
            "source": value.source,
            "checks": [[check.rule, check.outcome.value, check.message] for check in value.checks],
        }
        for value in part.fields
    ]


def _derivative_row(made: Derivative) -> dict[str, Any]:
    return {
        "kind": made.kind,
        "path": made.path,
        "sha256": made.fixity.sha256,
        "bytes": made.fixity.bytes,
        "pdfa": made.pdfa,
    }
