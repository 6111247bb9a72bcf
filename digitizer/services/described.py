"""The documents of the archive with their fields, as far as they are finished."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from digitizer.errors import NotFoundError
from digitizer.model import FieldValue
from digitizer.services.archive import ArchiveApp
from digitizer.writing.record import record_from_json

__all__ = ["Described", "described"]

_FINISHED = ("done", "done_with_gaps")


@dataclass(frozen=True, slots=True)
class Described:
    """One document inside an input: where it is, its class, the first value of each of its fields.

    `document_id` is the input's id, `pages` those it takes there; `text` is its pages' text.
    """

    document_id: str
    path: str
    fonds: str
    pages: tuple[int, ...]
    document_class: str
    needs_review: bool
    fields: tuple[FieldValue, ...]
    text: str = ""

    @property
    def name(self) -> str:
        """`path, page N`: how a finding names it."""
        return f"{self.path}, page {self.pages[0]}" if self.pages else self.path

    def value(self, field: str) -> str:
        """The field's value, empty where the document has none."""
        return next((f.value for f in self.fields if f.name == field), "")


def described(
    app: ArchiveApp, fonds: str | None = None, classes: Collection[str] = (), *, with_text: bool = False
) -> Iterator[Described]:
    """Finished documents in the order they came in; of `classes` alone where any are given."""
    for stored in app.catalogue.documents(fonds=fonds):
        if stored.state not in _FINISHED:
            continue
        try:
            value = app.catalogue.record(stored.id)
        except NotFoundError:
            continue  # taken up again in between
        texts = {page["number"]: page["text"] for page in value["pages"]} if with_text else {}
        for part in record_from_json(value).documents:
            if not classes or part.document_class in classes:
                yield Described(
                    document_id=stored.id,
                    path=stored.path,
                    fonds=stored.fonds,
                    pages=part.pages,
                    document_class=part.document_class,
                    needs_review=part.needs_review,
                    fields=part.fields,
                    text="\n".join(texts.get(n, "") for n in part.pages),
                )
