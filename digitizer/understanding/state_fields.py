"""Fields of the header by the zones of Decree 30/2020: reference, date, place, organ, subject, marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from digitizer.model import Box, FieldValue, Word
from digitizer.understanding.closing import addressees, recipients, signer_name, signer_title
from digitizer.understanding.dateline import Dateline, read_dateline
from digitizer.understanding.found import field_of
from digitizer.understanding.headings import is_body_start, is_heading_line
from digitizer.understanding.organs import Organ, organ_of, with_marks
from digitizer.understanding.paper import Paper, SlotReading
from digitizer.understanding.secrecy import secrecy_of, urgency_of
from digitizer.understanding.segments import PageView, Segment, capitals, segment
from digitizer.understanding.values import plain

__all__ = ["FINDERS"]

Finder = Callable[[Paper], Iterator[FieldValue]]

_ABOUT = re.compile(r"^\W*v\s*[/.]?\s*v\b\W*", re.IGNORECASE)
_SUBJECT_LINES = 9


def number(paper: Paper) -> Iterator[FieldValue]:
    """The figure before the slash; a slot read as handwriting stands before what print reading made of it."""
    reference = paper.reference
    if reference is None:
        return
    around = Box.around(w.box for w in (reference.number_words or reference.segment.words))
    slot = _slot(paper, "number", around)
    if slot is not None:
        yield FieldValue(
            "number", slot.value, reference.raw_number, slot.page, slot.box, slot.confidence, slot.source
        )
    elif reference.number:
        words = segment(reference.number_words, reference.segment.page, reference.segment.row)
        doubt = 0.3 if reference.mended else 0.0
        yield field_of(
            "number",
            reference.number,
            words,
            doubt=max(doubt, _written_by_hand(reference.number_words, reference.segment)),
        )


def notation(paper: Paper) -> Iterator[FieldValue]:
    """What stands after the slash, without the year."""
    reference = paper.reference
    if reference is not None and reference.notation:
        words = segment(reference.notation_words, reference.segment.page, reference.segment.row)
        yield field_of("notation", reference.notation, words)


def date(paper: Paper) -> Iterator[FieldValue]:
    """The date of the head, whole or not at all."""
    line = _dateline(paper)
    if line is None:
        return
    slots = {kind: _slot(paper, kind, line.segment.box) for kind in ("day", "month", "year")}
    given = {kind: slot.value for kind, slot in slots.items() if slot is not None}
    if given:
        line = Dateline(
            line.segment,
            line.place,
            line.place_words,
            given.get("day", line.day),
            given.get("month", line.month),
            given.get("year", line.year),
            line.date_words,
        )
    if not line.value:
        return
    words = segment(line.date_words, line.segment.page, line.segment.row)
    value = field_of("date", line.value, words)
    sure = [slot.confidence for slot in slots.values() if slot is not None]
    source = "handwritten" if sure else "printed"
    yield FieldValue(
        "date",
        value.value,
        value.raw,
        value.page,
        value.box,
        min([value.confidence, *sure]) if not sure else min(sure),
        source,
    )


def place(paper: Paper) -> Iterator[FieldValue]:
    """The place before the date."""
    line = _dateline(paper)
    if line is not None and line.place and line.place_words:
        words = segment(line.place_words, line.segment.page, line.segment.row)
        yield field_of("place", with_marks(line.place, paper.tables), words)


def organ_name(paper: Paper) -> Iterator[FieldValue]:
    """The issuing organ."""
    organ = _organ(paper)
    if organ is not None and organ.name:
        yield field_of("organ_name", organ.name, organ.lines)


def organ_parent(paper: Paper) -> Iterator[FieldValue]:
    """The organ above the issuing one."""
    organ = _organ(paper)
    if organ is not None and organ.parent:
        yield field_of("organ_parent", organ.parent, organ.parent_lines)


def subject(paper: Paper) -> Iterator[FieldValue]:
    """What the paper is about: `V/v …` under the number, or the lines under the title."""
    lines = _about_lines(paper.head.left, paper.head.body_top) or _under_title(paper)
    if lines:
        value = plain(" ".join(line.text for line in lines))
        if len(value) >= 4:
            yield field_of("subject", value, lines)


def secrecy(paper: Paper) -> Iterator[FieldValue]:
    """The degree of secrecy, where a stamp or line says one."""
    for view in paper.views:
        mark = secrecy_of(view)
        if mark is not None:
            yield field_of("secrecy", mark.degree, mark.segment)
            return


def urgency(paper: Paper) -> Iterator[FieldValue]:
    """The degree of urgency."""
    mark = urgency_of(paper.first)
    if mark is not None:
        yield field_of("urgency", mark.degree, mark.segment)


FINDERS: Mapping[str, Finder] = {
    "number": number,
    "notation": notation,
    "date": date,
    "place": place,
    "organ_name": organ_name,
    "organ_parent": organ_parent,
    "subject": subject,
    "secrecy": secrecy,
    "urgency": urgency,
    "signer_title": signer_title,
    "signer_name": signer_name,
    "addressees": addressees,
    "recipients": recipients,
}


def _dateline(paper: Paper) -> Dateline | None:
    return read_dateline((*paper.head.right, *paper.first.above(0.35)))


def _organ(paper: Paper) -> Organ | None:
    top = paper.reference.segment.box.top if paper.reference else None
    return organ_of(paper.head.left, top, paper.tables)


def _slot(paper: Paper, kind: str, around: Box) -> SlotReading | None:
    """The reading of a slot that lies on the printed line."""
    for slot in paper.slots:
        middle = (slot.box.top + slot.box.bottom) / 2
        if (
            slot.kind == kind
            and slot.page == paper.first.number
            and (around.top - around.height <= middle <= around.bottom + around.height)
        ):
            return slot
    return None


def _written_by_hand(words: Sequence[Word], line: Segment) -> float:
    """Doubt (0 to 0.6) that figures are print: they are taller than the line's words, or stand off them."""
    others = [w for w in line.words if w not in words]
    if not others or not words:
        return 0.0
    usual = sorted(w.box.height for w in others)[len(others) // 2]
    tall = max(w.box.height for w in words) / max(1, usual)
    return min(0.6, max(0.0, 1.2 * (tall - 1.25)))


def _about_lines(left: Sequence[Segment], bottom: float) -> list[Segment]:
    for at, line in enumerate(left):
        if _ABOUT.match(line.text) or line.key.startswith(("ve viec ", "v v ")):
            taken = [line]
            for nxt in left[at + 1 :]:
                last = taken[-1]
                if (
                    nxt.box.top - last.box.bottom > 1.4 * last.box.height
                    or nxt.box.bottom > bottom + last.box.height
                ):
                    break
                if capitals(nxt.text) > 0.8 and len(nxt.key) <= 12 and " " not in nxt.key:
                    break
                taken.append(nxt)
            return taken
    return []


def _under_title(paper: Paper) -> list[Segment]:
    title = paper.verdict.title
    if not title:
        return []
    view = paper.first
    top = title[0]
    taken: list[Segment] = []
    last = top
    for nxt in sorted((s for s in view.segments if s.box.top > top.box.top), key=lambda s: s.box.top):
        if len(taken) >= _SUBJECT_LINES or _ends_subject(nxt, last, taken, view):
            break
        if not _centred(nxt, top, view):
            continue
        taken.append(nxt)
        last = nxt
    return taken


def _centred(line: Segment, title: Segment, view: PageView) -> bool:
    return (
        abs(line.centre - title.centre) < 0.07 * view.width
        and len(line.key) > 2
        and not is_heading_line(line)
    )


def _ends_subject(line: Segment, last: Segment, taken: Sequence[Segment], view: PageView) -> bool:
    if is_body_start(line):
        return True
    apart = line.box.top - last.box.bottom
    if apart > (1.1 if taken else 2.2) * max(last.box.height, 0.012 * view.height):
        return True
    caps = capitals(line.text) > 0.75 and len(line.key) > 6
    return bool(taken) and caps and capitals(taken[0].text) < 0.6
