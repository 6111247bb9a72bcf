"""Fields of the header by the zones of Decree 30/2020: reference, date, place, organ, subject, marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from digitizer.model import Box, CheckResult, FieldValue, Outcome, Word
from digitizer.understanding.cited import latest_cited, mended_year, to_date
from digitizer.understanding.closing import addressees, recipients, signer_name, signer_title
from digitizer.understanding.dateline import Dateline, read_dated_line, read_dateline
from digitizer.understanding.echo import echo_of, mended
from digitizer.understanding.found import field_of
from digitizer.understanding.headings import is_body_start, is_heading_line
from digitizer.understanding.organs import PLACE_LISTS, Organ, listed_words, opens_name, organ_of, with_marks
from digitizer.understanding.paper import Paper, SlotReading
from digitizer.understanding.references import THIN_BARS, Reference, type_code
from digitizer.understanding.secrecy import secrecy_of, urgency_of
from digitizer.understanding.segments import PageView, Segment, across_gaps, capitals, segment
from digitizer.understanding.tables import Tables
from digitizer.understanding.values import plain
from digitizer.understanding.vietnamese import canonical, is_syllable

__all__ = ["FINDERS"]

Finder = Callable[[Paper], Iterator[FieldValue]]

_ABOUT = re.compile(r"^\W*(?:v\s*[/.]?\s*v|V(?:[Ññ]|[íìilI1|][vyw]|/[yw]?))(?!\w)\W*", re.IGNORECASE)
_ABOUT_MISREAD = re.compile(r"^\W*V(?:[Ññ]|[íìilI1|][vyw]|/[yw]?)(?=\s)")
_ABOUT_START = re.compile(r"^\S{1,3}?\s?(?=(?:Về việc|V/v) )")  # specks before the words it begins with
_JOINED = re.compile(r"^(Về|về)(?=việc )")  # tight print: the space between them is not read
_SUBJECT_LINES = 9
_LEADING = 1.35  # of the distance of a subject's lines: the body stands farther off
_NOTE = re.compile(r"^\(.*\)$")  # `(Bản sao)`, `(Dành cho cá nhân)`
_FIRST_ITEM = re.compile(r"^\W*(?:I|1|A)\s?[.)/]\s?\S")
_NUMBER_LINE = re.compile(r"^\W*so\s*[:.]")
LEGIBLE = 0.3  # confidence below which a value is a guess
LEAST = 0.35  # confidence below which capitals over a number are no organ's name
LISTED = 0.98  # confidence of a word that stands where a list has it
CITED = "cited-dates"
UNSURE_YEAR = 0.9  # confidence of a year below which it may be mended by what it cites


def number(paper: Paper) -> Iterator[FieldValue]:
    """The figure before the slash; a slot read as handwriting stands before what print reading made of it."""
    reference = paper.reference
    if reference is None:
        return
    around = Box.around(w.box for w in (reference.number_words or reference.segment.words))
    slot = _slot(paper, "number", around)
    if slot is not None and slot.confidence > LEGIBLE:
        yield FieldValue(
            "number", slot.value, reference.raw_number, slot.page, slot.box, slot.confidence, slot.source
        )
    elif slot is None and reference.number:
        words = segment(reference.number_words, reference.segment.page, reference.segment.row)
        by_hand = _filled_in(reference)
        doubt = max(0.3 if reference.mended else 0.0, 0.45 * by_hand)
        found = field_of("number", reference.number, words, doubt=doubt)
        yield replace(found, source="handwritten") if by_hand > 0.5 else found


def notation(paper: Paper) -> Iterator[FieldValue]:
    """What stands after the slash, without the year."""
    reference = paper.reference
    if reference is not None and reference.notation:
        words = segment(reference.notation_words, reference.segment.page, reference.segment.row)
        found = field_of("notation", _with_type(reference.notation, paper), words)
        whole = bool(reference.number and reference.year)  # `47/2014/QĐST-HNGĐ`: noise has no such form
        if found.confidence > LEGIBLE or whole or _known_type(reference.notation, paper):
            yield found


def _with_type(notation: str, paper: Paper) -> str:
    """The notation, its type as the class has it where a T was read with a thin bar: `TIr` for `TTr`."""
    read = type_code(notation)
    thick = read.translate(THIN_BARS)
    rows = (row for row in paper.tables.classes if row.name == paper.verdict.name)
    own = {code for row in rows for code in row.notations}
    return thick + notation[len(read) :] if read not in own and thick in own else notation


def _known_type(notation: str, paper: Paper) -> bool:
    """Whether a notation begins with a type the tables know, which noise does not."""
    types = {code for row in paper.tables.classes for code in row.notations}
    return "-" in notation and type_code(notation) in types


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
    found = field_of("date", line.value, words)
    sure = [slot.confidence for slot in slots.values() if slot is not None]
    if sure:
        by_hand = any(slot is not None and slot.source == "handwritten" for slot in slots.values())
        found = replace(found, confidence=min(sure), source="handwritten" if by_hand else "printed")
    yield _against_cited(found, paper)


def _against_cited(found: FieldValue, paper: Paper) -> FieldValue:
    """The date held against those it cites: none of them can be later."""
    cited, own = latest_cited(paper.first), to_date(found.value)
    if cited is None or own is None:
        return found
    if cited <= own:
        return replace(
            found, checks=(CheckResult(CITED, Outcome.PASS, "Ngày ban hành không sớm hơn các căn cứ."),)
        )
    said = f"Ngày ban hành {found.value} sớm hơn căn cứ ngày {cited:%d/%m/%Y}"
    year = min((w.confidence for w in _year_words(paper)), default=1.0)
    other = mended_year(own, cited) if year < UNSURE_YEAR else None
    if other is None:
        check = CheckResult(CITED, Outcome.FAIL, f"{said}: xem lại ảnh.")
        return replace(found, confidence=found.confidence * 0.5, checks=(check,))
    check = CheckResult(CITED, Outcome.WARN, f"{said}: đọc lại thành năm {other.year}.")
    return replace(found, value=f"{other:%d/%m/%Y}", confidence=min(found.confidence, 0.6), checks=(check,))


def _year_words(paper: Paper) -> tuple[Word, ...]:
    line = _dateline(paper)
    return line.date_words[-1:] if line is not None else ()


def place(paper: Paper) -> Iterator[FieldValue]:
    """The place before the date."""
    line = _dateline(paper)
    if line is not None and line.place and line.place_words:
        words = segment(line.place_words, line.segment.page, line.segment.row)
        yield field_of("place", with_marks(line.place, paper.tables, PLACE_LISTS), words)


def organ_name(paper: Paper) -> Iterator[FieldValue]:
    """The issuing organ."""
    organ = _organ(paper)
    if organ is not None and organ.name:
        known = any(opens_name(line.key, paper.tables) for line in organ.lines)
        found = field_of("organ_name", organ.name, organ.lines, doubt=0.0 if known else 0.4)
        if found.confidence > (LEAST if not known else LEGIBLE):
            lines = [_believed(line, organ.name, paper.tables) for line in organ.lines]
            yield field_of("organ_name", organ.name, lines, doubt=0.0 if known else 0.4)


def _believed(line: Segment, name: str, tables: Tables) -> Segment:
    """The line, its words that known phrases or the list of units have believed as the list is."""
    listed = listed_words(name, tables)
    given = [
        replace(w, confidence=max(w.confidence, LISTED)) if canonical(plain(w.text)) in listed else w
        for w in line.words
    ]
    return segment(given, line.page, line.row)


def organ_parent(paper: Paper) -> Iterator[FieldValue]:
    """The organ above the issuing one."""
    organ = _organ(paper)
    if organ is not None and organ.parent:
        yield field_of("organ_parent", organ.parent, organ.parent_lines)


def subject(paper: Paper) -> Iterator[FieldValue]:
    """What the paper is about: `V/v …` under the number, or the lines under the title."""
    lines = _about_lines(paper.head.left, paper.head.body_top) or _under_title(paper)
    if not lines:
        yield from _about_unread(paper)
    else:
        words = [w for line in lines for w in line.words]
        echo = echo_of(paper.views, frozenset(map(id, words)))
        read = _ABOUT_START.sub("", plain(" ".join(mended(words, echo)).replace("⁄", "/")))
        value = _JOINED.sub(r"\1 ", _ABOUT_MISREAD.sub("V/v", read))
        value = with_marks(value, paper.tables, ("subject_phrases",))
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
    view = paper.first
    # Elsewhere a date is a paper's own only right of the middle, or where minutes open.
    others = (s for s in view.above(0.35) if s.centre > 0.55 * view.width or s.key.startswith("hom nay"))
    return read_dateline((*paper.head.right, *others)) or read_dated_line(paper.head.left)


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


def _filled_in(reference: Reference) -> float:
    """How likely (0 to 1) the number was filled in after printing, which print reading often gets wrong.

    Typed, the number and its notation are one word; a gap, dots, a taller hand or unsure reading speak
    against that.
    """
    words, line = reference.number_words, reference.segment
    if not reference.notation_words:
        return 0.5
    apart = not set(words) & set(reference.notation_words)
    usual = sorted(w.box.height for w in reference.notation_words)[0]
    tall = max((w.box.height for w in words), default=usual) / max(1, usual)
    gap = reference.notation_words[0].box.left - words[-1].box.right if apart else 0
    evidence = 0.45 * apart + 0.3 * (gap > 0.6 * usual) + min(0.4, max(0.0, tall - 1.12))
    evidence += 0.3 * (min(w.confidence for w in words) < 0.85) + 0.3 * (
        len(line.text) != len(line.text.replace("..", ""))
    )
    return min(1.0, evidence)


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


def _about_unread(paper: Paper) -> Iterator[FieldValue]:
    """The subject under the number whose `V/v` was not read: its first line stands that much off the middle.

    Only a letter has a subject there [domain 1.5, zone 5b], and its first words are always these.
    """
    reference = paper.reference
    if reference is None or paper.verdict.name != "official_letter":
        return
    over = reference.segment
    under = [s for s in paper.head.left if s.box.top > over.box.bottom and s.box.bottom < paper.head.body_top]
    lines = _run_on(under)
    if len(lines) < 2 or over.row == lines[0].row or not lines[0].text[:1].islower():
        return
    tall = lines[0].box.height
    middle = sum(line.centre for line in lines[1:]) / (len(lines) - 1)
    room = 2 * (lines[0].centre - middle)  # what would stand left of the first word, were the line centred
    if 1.0 * tall < room < 4.0 * tall and lines[0].box.top - over.box.bottom < 3 * tall:
        value = plain(" ".join(w.text for line in lines for w in line.words))
        yield field_of("subject", f"V/v {value}", lines, doubt=0.5)


def _run_on(lines: Sequence[Segment]) -> list[Segment]:
    """The first line and those right below one another."""
    taken = list(lines[:1])
    for nxt in lines[1:]:
        if nxt.box.top - taken[-1].box.bottom > 1.4 * taken[-1].box.height:
            break
        taken.append(nxt)
    return taken


def _under_title(paper: Paper) -> list[Segment]:
    title = paper.verdict.title
    if not title:
        return []
    view, top = paper.first, title[0]
    taken: list[Segment] = []
    pitch = 2.4 * max(top.box.height, 0.012 * view.height)
    last = top
    below = across_gaps(s for s in view.segments if s.box.top > top.box.top)
    for nxt in sorted(below, key=lambda s: s.box.top):
        down = _middle(nxt) - _middle(last)
        if len(taken) >= _SUBJECT_LINES or down > pitch or _ends_subject(nxt, taken, view):
            break
        if not _centred(nxt, top, view) or down < 0.5 * top.box.height:
            continue
        if _cell_beside(nxt, view):
            break
        if not taken and _NOTE.match(nxt.text):
            last = nxt
            continue
        taken.append(nxt)
        pitch = min(pitch, _LEADING * down)
        last = nxt
    return taken


def _opens_paragraph(line: Segment, view: PageView) -> bool:
    """Whether a line is set in at the left and reaches the right margin, as no centred line does."""
    wide = [s.box for s in view.lines if s.box.width > 0.5 * view.width]
    if len(wide) < 4:
        return False
    left = sorted(b.left for b in wide)[len(wide) // 6]
    right = sorted(b.right for b in wide)[-1 - len(wide) // 6]
    slack = 0.012 * view.width
    return line.box.left > left + 2 * slack and abs(line.box.right - right) < slack


def _middle(line: Segment) -> float:
    return (line.box.top + line.box.bottom) / 2


def _centred(line: Segment, title: Segment, view: PageView) -> bool:
    return (
        abs(line.centre - title.centre) < 0.07 * view.width
        and (len(line.key) > 2 or is_syllable(line.text))
        and not is_heading_line(line)
    )


def _cell_beside(line: Segment, view: PageView) -> bool:
    """Whether another cell stands left of the line, well apart and in the left half: it is a table's row."""
    return any(
        other.box.right < line.box.left - 1.5 * line.box.height
        and other.box.right < 0.45 * view.width
        and abs(_middle(other) - _middle(line)) < 0.4 * line.box.height
        for other in view.segments
        if other.key
    )


def _ends_subject(line: Segment, taken: Sequence[Segment], view: PageView) -> bool:
    """Whether the body or the name of who decides begins here."""
    if is_body_start(line) or _opens_paragraph(line, view) or _NUMBER_LINE.match(line.folded):
        return True
    if taken and _FIRST_ITEM.match(line.text):
        return True
    caps = capitals(line.text) > 0.75 and len(line.key) > 6
    return bool(taken) and caps and capitals(taken[0].text) < 0.6
