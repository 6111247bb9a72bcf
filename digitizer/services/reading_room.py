"""One document for the screen: pages, fields with their places, files, history, for who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitizer.accounts import Account, Session
from digitizer.errors import NotFoundError
from digitizer.model import Box, Derivative, Event, Line
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.masking import (
    field_boxes,
    hidden_boxes,
    is_personal_field,
    masked_field,
    masked_numbers,
    masked_word,
    split_numbers,
)
from digitizer.services.page_image import PageView
from digitizer.services.rights import rights
from digitizer.understanding.queries import clauses, positions

__all__ = ["Opened", "ShownField", "is_masked", "marked_boxes", "open_document", "page_view", "text_lines"]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field as it is shown: `value` is masked where it must be.

    It is `doubtful` by its confidence or a check, unless a person confirmed it.
    """

    part: int
    name: str
    value: str
    page: int
    box: tuple[int, int, int, int]
    confidence: float
    source: str
    hidden: bool
    messages: tuple[str, ...]
    confirmed: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it."""
        return not self.confirmed and (self.confidence < 0.85 or bool(self.messages))


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with all that is shown of it; `record` is empty while it waits."""

    document: StoredDocument
    record: dict[str, Any]
    fields: tuple[ShownField, ...]
    files: tuple[Derivative, ...]
    history: tuple[Event, ...]
    masked: bool
    has_personal: bool


def is_masked(account: Account, session: Session, document_id: str) -> bool:
    """Whether personal data of a document is hidden from this session."""
    return not rights().may(account, "unmask") or document_id not in session.unmasked


def open_document(app: ArchiveApp, document: StoredDocument, *, hide: bool, history: bool = True) -> Opened:
    """All that is shown of a document; with `hide` personal values are masked."""
    record = _record(app, document)
    fields = tuple(
        _field(number, each, hide)
        for number, part in enumerate(record.get("documents", ()), start=1)
        for each in part["fields"]
    )
    texts = [page["text"] for page in record.get("pages", ())]
    personal = any(is_personal_field(f.name) for f in fields) or any(masked_numbers(t) != t for t in texts)
    events = tuple(app.catalogue.events(document.id)) if history else ()
    files = tuple(app.catalogue.derivatives(document.id)) if record else ()
    return Opened(document, record, fields, files, events, hide, personal)


def page_view(app: ArchiveApp, document: StoredDocument, page: int, *, hide: bool) -> PageView:
    """How one page is pictured for who may or may not see personal data.

    Raises:
        NotFoundError: no such page, or nothing is known of it yet.
    """
    record = app.catalogue.record(document.id)
    if not 1 <= page <= len(record["pages"]):
        raise NotFoundError("no such page")
    rotation = record["pages"][page - 1]["rotation"]
    if not hide:
        return PageView(document, page, rotation)
    words = app.catalogue.words(document.id, page)
    return PageView(document, page, rotation, hidden_boxes(words, fields_of(record), page))


def text_lines(app: ArchiveApp, document_id: str, page: int, *, hide: bool) -> list[tuple[str, Box]]:
    """The printed lines of a page with their places."""
    lines: Sequence[Line] = app.catalogue.lines(document_id, page)
    if not hide:
        return [(line.text, line.box) for line in lines]
    hidden = field_boxes(fields_of(app.catalogue.record(document_id)), page)
    return [(_masked_line(line, hidden), line.box) for line in lines]


def _masked_line(line: Line, hidden: Sequence[Box]) -> str:
    hidden = (*hidden, *split_numbers(line.words))
    return " ".join(masked_word(word, hidden) for word in line.words)


def fields_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of all documents of a record."""
    return [each for part in record["documents"] for each in part["fields"]]


def marked_boxes(app: ArchiveApp, document_id: str, page: int, query: str) -> list[list[int]]:
    """Where the words of a query are on a page: as typed where that is there, else in any form."""
    wanted = clauses(query[:500])
    words = app.catalogue.words(document_id, page)
    texts = [word.text for word in words]
    found = positions(wanted, texts, exact=True) or positions(wanted, texts, exact=False)
    return [words[place].box.as_list() for place in sorted(found)]


def _record(app: ArchiveApp, document: StoredDocument) -> dict[str, Any]:
    try:
        return app.catalogue.record(document.id)
    except NotFoundError:
        return {}


def _field(part: int, each: dict[str, Any], hide: bool) -> ShownField:
    hidden = hide and is_personal_field(each["name"])
    value = masked_field(each["name"], each["value"]) if hide else each["value"]
    bad = tuple(check["message"] for check in each["checks"] if check["outcome"] != "pass")
    left, top, right, bottom = each["box"]
    return ShownField(
        part,
        each["name"],
        value,
        each["page"],
        (left, top, right, bottom),
        each["confidence"],
        each["source"],
        hidden,
        bad,
        bool(each.get("confirmed_by")),
    )
