"""Fields of printed forms that stand in no labelled place: numbers of copies, their date, a cover's organ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile

from digitizer.model import FieldValue
from digitizer.understanding.dateline import read_dateline
from digitizer.understanding.found import field_of
from digitizer.understanding.organs import PLACE_LISTS, organ_of, with_marks
from digitizer.understanding.paper import Paper
from digitizer.understanding.segments import capitals, segment
from digitizer.understanding.state_fields import FINDERS
from digitizer.understanding.values import lettered, plain

__all__ = ["FORM_FINDERS"]

_COUNTER = ("bo phan", "ma ho so", "so ", "trung tam phuc vu")
_COVER_ENDS = ("tu ngay", "thoi gian", "gom ", "phong", "muc luc so", "ho so so", "so to", "thoi han")
LOWER = 0.45  # of the page's height: a copy is dated below what it copies


def noted_number(paper: Paper) -> Iterator[FieldValue]:
    """A number that a notation follows; a bare one is that of the register."""
    if paper.reference is not None and paper.reference.notation:
        yield from FINDERS["number"](paper)


def copy_date(paper: Paper) -> Iterator[FieldValue]:
    """The date below a copy, which is not that of the register."""
    yield from (field for field in _copied(paper) if field.name == "date")


def copy_place(paper: Paper) -> Iterator[FieldValue]:
    """The place before that date."""
    yield from (field for field in _copied(paper) if field.name == "place")


def _copied(paper: Paper) -> Iterator[FieldValue]:
    if paper.reference is None or not paper.reference.notation:
        return
    for view in paper.views:
        later = view is not paper.first
        below = [s for s in view.segments if later or s.box.top > LOWER * view.height]
        line = read_dateline(s for s in below if not s.key.startswith("ngay"))
        if line is None or not line.value:
            continue
        row = line.segment.row
        yield field_of("date", line.value, segment(line.date_words, view.number, row))
        if line.place:
            place = with_marks(line.place, paper.tables, PLACE_LISTS)
            yield field_of("place", place, segment(line.place_words, view.number, row))
        return


def closing_date(paper: Paper) -> Iterator[FieldValue]:
    """The date over the signature of a paper whose head has none: behind its place, as in a head."""
    found = tuple(_copied(paper))
    if any(field.name == "place" for field in found):
        yield from found


def office_organ(paper: Paper) -> Iterator[FieldValue]:
    """The organ whose counter takes dossiers in: the head down to the counter's own name."""
    lines = takewhile(lambda s: not s.key.startswith(_COUNTER), paper.head.left)
    organ = organ_of(tuple(lines), None, paper.tables)
    if organ is not None and organ.name:
        yield field_of("organ_name", organ.name, organ.lines)


def decided_subject(paper: Paper) -> Iterator[FieldValue]:
    """What a decision is about; an extract says it in its title."""
    if paper.verdict.title and paper.verdict.title[0].key.startswith("quyet dinh"):
        yield from FINDERS["subject"](paper)


def cover_organ(paper: Paper) -> Iterator[FieldValue]:
    """The organ over the title of a file's cover."""
    top = _cover_top(paper)
    over = [s for s in paper.first.segments if s.box.bottom < top]
    organ = organ_of(over, top, paper.tables)
    if organ is not None and organ.name:
        yield field_of("organ_name", organ.name, organ.lines)


def _cover_top(paper: Paper) -> float:
    """Where a cover's title begins; without its large `HỒ SƠ`, the first line that is not in capitals."""
    title = paper.verdict.title
    if title:
        return title[0].box.top
    lines = (s for s in paper.first.segments if s.key and capitals(s.text) < 0.5)
    return next((s.box.top for s in lines), 0.0)


def cover_title(paper: Paper) -> Iterator[FieldValue]:
    """The title of the file under the words that make a sheet its cover."""
    title = paper.verdict.title
    top = title[-1].box.bottom if title else _cover_top(paper) - 1
    under = [s for s in paper.first.segments if s.box.top > top and s.key]
    lines = tuple(takewhile(lambda s: not s.key.startswith(_COVER_ENDS), under))
    value = lettered(plain(" ".join(line.text for line in lines)))
    if len(value) >= 4:
        yield field_of("file_title", value, lines)


FORM_FINDERS: Mapping[str, Callable[[Paper], Iterator[FieldValue]]] = {
    "noted_number": noted_number,
    "copy_date": copy_date,
    "copy_place": copy_place,
    "closing_date": closing_date,
    "office_organ": office_organ,
    "decided_subject": decided_subject,
    "cover_organ": cover_organ,
    "cover_title": cover_title,
}
