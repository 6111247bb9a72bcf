"""Small documents and records for the contract suites; people and places are made up."""

from __future__ import annotations

from collections.abc import Sequence

from digitizer.errors import Code
from digitizer.model import (
    Box,
    CheckResult,
    DocumentPart,
    EngineId,
    FieldValue,
    Fixity,
    Line,
    Outcome,
    PageRecord,
    PageStatus,
    Reason,
    Record,
    RecordState,
    Source,
    TextLayer,
    Word,
)
from digitizer.ports import StoredDocument
from tests.contracts.fakes import fixity

ENGINE = EngineId("fake", "1", "vie", "0" * 64)


def document(data: bytes = b"scan", **changes: object) -> StoredDocument:
    # Other bytes under one path are versions of each other: only who asks for that gets it.
    name = "a.pdf" if data == b"scan" else f"{fixity(data).sha256[:12]}.pdf"
    values = {
        "id": "d1",
        "batch": "lô 1",
        "fonds": "F01",
        "name": "a.pdf",
        "path": f"x/{name}",
        "media_type": "application/pdf",
        "fixity": fixity(data),
        "state": "queued",
        "pages": 0,
        "attempt": 0,
        "received_at": "2025-03-01T08:00:00Z",
    }
    return StoredDocument(**(values | changes))  # type: ignore[arg-type]


def lines(text: str) -> tuple[Line, ...]:
    """One printed line a line of `text`, each letter 10 pixels wide, each line 30 high."""
    made = []
    for number, printed in enumerate(text.splitlines()):
        words, left = [], 100
        for word in printed.split():
            box = Box(left, 100 + 30 * number, left + 10 * len(word), 120 + 30 * number)
            words.append(Word(word, box, 0.9))
            left = box.right + 10
        if words:
            made.append(Line(tuple(words), block=number // 5))
    return tuple(made)


def page(number: int, text: str) -> PageRecord:
    layer = TextLayer(ENGINE, "plain-1", lines(text))
    status = PageStatus.TEXT if text else PageStatus.BLANK
    return PageRecord(
        number, 2480, 3508, 300, status, quality=0.9, confidence=0.8, flags=("stamp",), layer=layer
    )


def failed_page(number: int) -> PageRecord:
    reason = Reason(Code.TIMEOUT, "the page took too long", number)
    return PageRecord(number, 2480, 3508, 300, PageStatus.FAILED, reason=reason)


def record(source: Fixity, texts: Sequence[str | None], name: str = "a.pdf") -> Record:
    """A record with a page for each text: None is a page that failed, an empty text a blank one."""
    pages = tuple(
        failed_page(number) if text is None else page(number, text)
        for number, text in enumerate(texts, start=1)
    )
    check = CheckResult("year-of-number", Outcome.PASS, "the year fits")
    field = FieldValue("number", "125", "125", 1, Box(1, 2, 3, 4), 0.9, checks=(check,))
    part = DocumentPart(tuple(range(1, len(pages) + 1)), "decision", 0.9, needs_review=False, fields=(field,))
    return Record(
        source=Source(name, f"x/{name}", source, "application/pdf", signed=False),
        recipe="plain-1",
        engines=(ENGINE,),
        state=RecordState.DONE_WITH_GAPS if None in texts else RecordState.DONE,
        reasons=tuple(p.reason for p in pages if p.reason),
        pages=pages,
        documents=(part,),
        seconds=(("read", 1.25),),
    )
