"""The spine of understanding: pages -> borders -> classes -> fields. Pure; the tables say what there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from digitizer.model import DocumentPart, FieldValue, PageRecord
from digitizer.understanding.again import said_again
from digitizer.understanding.checks import checked
from digitizer.understanding.classify import Verdict, classify
from digitizer.understanding.dateline import read_dateline
from digitizer.understanding.form_fields import FORM_FINDERS
from digitizer.understanding.headings import head_of
from digitizer.understanding.labels import label_fields
from digitizer.understanding.paper import Paper, SlotReading
from digitizer.understanding.references import read_reference
from digitizer.understanding.review import is_sure
from digitizer.understanding.segments import view_of
from digitizer.understanding.separators import SEPARATOR_FLAG
from digitizer.understanding.splitter import SEPARATOR, Front, Span, split
from digitizer.understanding.state_fields import FINDERS as STATE_FINDERS
from digitizer.understanding.tables import UNKNOWN, Tables, default_tables

__all__ = ["Understanding", "understand"]

FINDERS = {**STATE_FINDERS, **FORM_FINDERS}

SEPARATED = 0.999  # a code says so
CHOSEN = 1.0  # a person says so
CERTAIN = 0.9  # confidence of a class below which a person looks
MATTERS = 3.0  # importance of a field from which its absence is looked into


@dataclass(frozen=True)
class Understanding:
    """Makes documents of pages by its tables."""

    tables: Tables = field(default_factory=default_tables)

    def __call__(
        self, pages: Iterable[PageRecord], slots: Sequence[SlotReading] = ()
    ) -> tuple[DocumentPart, ...]:
        """Split the pages, name each document, take its fields; at least one document for any pages."""
        seen = tuple(pages)
        slots = (*slots, *(slot for page in seen for slot in _slots_of(page)))
        fronts = tuple(self._front(page) for page in seen)
        return tuple(self._document(fronts[s.first : s.last + 1], s, slots) for s in split(fronts))

    def one(self, pages: Iterable[PageRecord], document_class: str = "") -> DocumentPart:
        """The document that a person says these pages are, of the class they chose if they did.

        Raises:
            ValueError: there is no page, or no such class.
        """
        seen = tuple(pages)
        if not seen or document_class not in {"", *(row.name for row in self.tables.classes)}:
            raise ValueError(f"no pages or no class: {document_class}")
        slots = tuple(slot for page in seen for slot in _slots_of(page))
        fronts = tuple(self._front(page) for page in seen)
        if document_class:
            fronts = tuple(replace(f, verdict=Verdict(document_class, CHOSEN)) for f in fronts)
        return self._document(fronts, Span(0, len(fronts) - 1, doubtful=False), slots)

    def _front(self, page: PageRecord) -> Front:
        view = view_of(page)
        if SEPARATOR_FLAG in page.flags:
            return Front(view, head_of(view), None, Verdict(SEPARATOR, SEPARATED))
        head = head_of(view)
        near = read_reference(head.left, unlabelled=True)
        reference = (
            near if near is not None and near.notation else read_reference([*view.above(0.45)]) or near
        )
        dated = read_dateline((*head.right, *view.above(0.35)))
        year = int(dated.year) if dated is not None and dated.year else None
        return Front(view, head, reference, classify(view, head, reference, year, self.tables))

    def _document(self, fronts: Sequence[Front], span: Span, slots: Sequence[SlotReading]) -> DocumentPart:
        first = next((f for f in fronts if not f.view.blank), fronts[0])
        views = tuple(f.view for f in fronts if not f.view.blank) or (first.view,)
        paper = Paper(views, first.head, first.reference, first.verdict, self.tables, slots)
        verdict = first.verdict
        marks = tuple(FINDERS["secrecy"](paper))  # whatever the class
        fields = said_again(self._fields(paper), views, self.tables) if verdict.name != UNKNOWN else ()
        found = (*checked(fields, verdict.name), *marks)
        return DocumentPart(
            pages=tuple(f.view.number for f in fronts),
            document_class=verdict.name,
            class_confidence=verdict.confidence,
            needs_review=bool(marks)
            or span.doubtful
            or verdict.confidence < CERTAIN
            or self._wants_look(paper, found),
            fields=found,
        )

    def _wants_look(self, paper: Paper, found: Sequence[FieldValue]) -> bool:
        """Whether a person must see the paper: no class, a doubtful value, or one missing that matters."""
        if paper.verdict.name == UNKNOWN or not all(is_sure(value) for value in found):
            return True
        mandatory = self.tables.mandatory(paper.verdict.name, MATTERS)
        return bool(mandatory - {value.name for value in found})

    def _fields(self, paper: Paper) -> Iterable[FieldValue]:
        seen: set[str] = set()
        for found in self._every(paper):
            if found.name not in seen:
                seen.add(found.name)
                yield found

    def _every(self, paper: Paper) -> Iterable[FieldValue]:
        rows = self.tables.fields_of(paper.verdict.name)
        for row in rows:
            if row.how in FINDERS and row.how != "secrecy":
                yield from FINDERS[row.how](paper)
        labelled = [row for row in rows if row.how not in FINDERS]
        if labelled:
            stops = self.tables.stops.get(self.tables.group_of(paper.verdict.name), ())
            yield from label_fields(paper.views, labelled, stops)


def _slots_of(page: PageRecord) -> Iterable[SlotReading]:
    """What the reader of digits made of a page, in the form the finders of fields take."""
    for slot in page.slots:
        yield SlotReading(page.number, slot.kind.value, slot.box, slot.text, slot.confidence, slot.source)


def understand(pages: Iterable[PageRecord]) -> tuple[DocumentPart, ...]:
    """The documents in an input's pages, by the tables that come with the system."""
    return Understanding()(pages)
