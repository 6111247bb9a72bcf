"""What people corrected, for whoever trains a reader: where the crop is, what was read, what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from digitizer.desk import Amendments, Said
from digitizer.errors import NotFoundError
from digitizer.model import Box
from digitizer.services.archive import ArchiveApp
from digitizer.services.masking import field_boxes, is_personal_field, masked_numbers
from digitizer.services.reading_room import fields_of

__all__ = ["training_rows"]


def training_rows(
    app: ArchiveApp,
    amendments: Amendments,
    *,
    fonds: str | None = None,
    unmasked: bool = False,
    sees: Callable[[str], bool] = lambda _: True,
) -> Iterator[dict[str, object]]:
    """One object for each place somebody corrected: the crop's address, the machine's text, the person's.

    The crop is `box` (pixels of the upright page) of page `page` of the master `sha256`, turned clockwise by
    `rotation`. `kind` is `line` (the whole printed line) or `field`. What was said twice of a place counts
    as it was said last. Without `unmasked` places that hold personal data are left out.
    """
    for document_id, said in _by_document(amendments.said()).items():
        document = app.catalogue.document(document_id)
        if not sees(document_id) or fonds not in {None, document.fonds}:
            continue
        try:
            record = app.catalogue.record(document_id)
        except NotFoundError:
            continue  # it is being read for the first time since its requeue
        personal = {} if unmasked else _personal(record)
        for first, last in _places(said):
            page, box = last.statement.page, last.statement.box
            if not last.statement.value or first.statement.machine == last.statement.value or box.width == 0:
                continue
            if not unmasked and _is_personal(first, last, personal.get(page, ())):
                continue
            yield {
                "document": document_id,
                "sha256": document.fixity.sha256,
                "page": page,
                "rotation": record["pages"][page - 1]["rotation"],
                "box": box.as_list(),
                "kind": "field" if last.statement.name else "line",
                "name": last.statement.name,
                "machine": first.statement.machine,
                "text": last.statement.value,
            }


def _by_document(said: Sequence[Said]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for each in said:
        found.setdefault(each.document_id, []).append(each)
    return found


def _places(said: Sequence[Said]) -> Iterator[tuple[Said, Said]]:
    """For each place the first and the last thing that was said of it."""
    first: dict[tuple[int, str | Box], Said] = {}
    last: dict[tuple[int, str | Box], Said] = {}
    for each in said:
        key = (each.statement.page, each.statement.name or each.statement.box)
        first.setdefault(key, each)
        last[key] = each
    for key, each in first.items():
        yield each, last[key]


def _personal(record: dict[str, object]) -> dict[int, tuple[Box, ...]]:
    pages = record["pages"]
    assert isinstance(pages, list)
    fields = fields_of(record)
    return {page["number"]: field_boxes(fields, page["number"]) for page in pages}


def _is_personal(first: Said, last: Said, hidden: Sequence[Box]) -> bool:
    """Whether a place holds a personal field, an identity number, or lies on one."""
    texts = (first.statement.machine, last.statement.value)
    if is_personal_field(last.statement.name) or any(masked_numbers(text) != text for text in texts):
        return True
    return any(_meet(last.statement.box, other) for other in hidden)


def _meet(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom
