"""One page from scan to words: the spine of reading, straight down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from digitizer.imaging.blank import BlankTest
from digitizer.imaging.components import PALEST_INK, binarize, components, half_size, text_height
from digitizer.imaging.geometry import turned
from digitizer.imaging.lines import LineFinder, PageLines, TextLine
from digitizer.imaging.orientation import Orientation, estimate_orientation
from digitizer.imaging.quality import quality
from digitizer.imaging.recipe import Recipe, Step, start
from digitizer.imaging.spreads import gutter
from digitizer.imaging.strips import Column, Strip, at_reading_size, set_in_column
from digitizer.imaging.working import Working
from digitizer.intake.scans import PageScan
from digitizer.model import (
    Box,
    EngineId,
    Line,
    PageRecord,
    PageStatus,
    SlotReading,
    TextLayer,
    Word,
)
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.services.read_again import read_again
from digitizer.services.read_places import moved, moved_box, to_upright, upright_codes
from digitizer.services.read_slots import SlotTools, read_slots
from digitizer.slot_reader import DigitReader
from digitizer.understanding.headers import halves
from digitizer.understanding.legacy import decoded
from digitizer.understanding.lookalikes import mended
from digitizer.understanding.plausible import believable, believable_page, without_debris
from digitizer.understanding.reading_order import Piece, TableCell, reading_order
from digitizer.understanding.separators import flags_for
from digitizer.understanding.text_layer import confirmed
from digitizer.understanding.vietnamese import nfc, syllable_score

__all__ = ["PageReading", "read_page"]

SURE = 0.3  # confidence of the cheap orientation test above which no reader is asked
UNSURE = 0.1
READABLE = 0.5  # share of real syllables below which a page may stand on its head
SENSIBLE = 0.9  # the same where hardly anything told which way is up
CLEARLY = 1.2  # how much more sense the other way up has to make
PALE = 0.75
DOUBTFUL = 0.65  # mean confidence, likewise
TURN_CODES = {0: 1, 90: 6, 180: 3, 270: 8}  # clockwise degrees -> EXIF orientation


@dataclass(frozen=True, slots=True)
class PageReading:
    """A finished page: its record, the EXIF code that turns the shown page upright, seconds a stage."""

    record: PageRecord
    turn: int
    seconds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Readers:
    """Who reads: print, digits in slots; and whether doubtful lines are read again."""

    engine: OcrEngine
    digits: DigitReader | None
    again: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A line as it was read: its words in pixels of the working image, its piece for the reading order."""

    words: tuple[Word, ...]
    piece: Piece


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read: lines in reading order, slots, both in pixels of the upright page."""

    lines: tuple[Line, ...] = ()
    slots: tuple[SlotReading, ...] = ()
    flags: tuple[str, ...] = ()


def read_page(
    scan: PageScan,
    engine: OcrEngine,
    recipe: Recipe,
    digits: DigitReader | None = None,
    *,
    again: bool = True,
) -> PageReading:
    """Prepare a scan, tell blank pages, find its lines, read them and put them in reading order.

    Where there is a reader of `digits`, the slots that clerks fill in are read with it. Doubtful lines are
    read `again` at full size.

    Raises:
        PageError: the engine failed on this page.
        MissingDependencyError: the engine or its model is not installed.
    """
    begun = time.perf_counter()
    cleaned = done(start(scan.pixels, max(scan.dpi)), recipe.clean)
    if BlankTest()(cleaned):
        seconds = (("image", time.perf_counter() - begun), ("read", 0.0))
        return PageReading(
            _record(scan, cleaned, TextLayer(engine.identity, recipe.id, ()), True), 1, seconds
        )
    cleaned = done(cleaned, recipe.enhance)
    up = upright(cleaned, engine)
    work = done(turned(cleaned, up.degrees), recipe.level)
    prepared = time.perf_counter()
    readers = _Readers(engine, digits, again)
    page = _read(work, scan, readers)
    if _reads_badly(page.lines, hardly_turned=up.confidence < SURE):
        work, page = _turned_over(cleaned, work, page, (scan, readers, recipe))
    if not believable_page([word for line in page.lines for word in line.words]):
        page = _Page()
    layer = TextLayer(_identity(readers), recipe.id, page.lines)
    seconds = (("image", prepared - begun), ("read", time.perf_counter() - prepared))
    record = _record(scan, work, layer, False, page)
    return PageReading(record, TURN_CODES[work.rotation], seconds)


def _identity(readers: _Readers) -> EngineId:
    """The reader of print, its version followed by the reader of digits."""
    own, digits = readers.engine.identity, readers.digits
    return own if digits is None else replace(own, version=f"{own.version}+{digits.identity.model}")


def done(work: Working, steps: Iterable[Step]) -> Working:
    """Run steps one after the other."""
    for step in steps:
        work = step(work)
    return work


def upright(work: Working, engine: OcrEngine) -> Orientation:
    """Which turn sets the page upright; the engine is asked where the letters do not tell."""
    ink = components(binarize(half_size(work.grey)[0]))
    guess = estimate_orientation(ink, text_height(ink))
    if guess.confidence >= SURE:
        return guess
    asked, confidence = engine.orientation(ReadRequest(work.grey, round(work.dpi)))
    if confidence > SURE:
        return Orientation(asked, confidence)
    return guess if guess.confidence > UNSURE else Orientation(0, 0.0)


def _reads_badly(lines: tuple[Line, ...], *, hardly_turned: bool) -> bool:
    """Whether the text is so doubtful that the page may stand on its head.

    Where letters and reader hardly told which way is up, it is in doubt unless it makes good sense.
    """
    words = [word for line in lines for word in line.words]
    if not words:
        return True
    sure = sum(w.confidence * len(w.text) for w in words) / sum(len(w.text) for w in words)
    score = syllable_score(" ".join(w.text for w in words))
    if score is None:
        return hardly_turned or sure < DOUBTFUL
    return sure < DOUBTFUL or score < (SENSIBLE if hardly_turned else READABLE)


def _turned_over(
    cleaned: Working,
    work: Working,
    page: _Page,
    tools: tuple[PageScan, _Readers, Recipe],
) -> tuple[Working, _Page]:
    """Read a page that makes no sense once more upside down, and keep what makes more."""
    scan, readers, recipe = tools
    other = done(turned(cleaned, (work.rotation + 180) % 360), recipe.level)
    others = _read(other, scan, readers)
    return (other, others) if _sense(others.lines) > CLEARLY * _sense(page.lines) else (work, page)


def _sense(lines: tuple[Line, ...]) -> float:
    """How much was read for sure: letters weighed by their confidence squared, whatever the language."""
    return sum(w.confidence**2 * len(w.text) for line in lines for w in line.words)


def _read(work: Working, scan: PageScan, readers: _Readers) -> _Page:
    digits = readers.digits
    enlarged = work.dpi > 1.2 * max(scan.dpi)  # small type is soft and pale at its edges
    finder = LineFinder(palest=PALE if enlarged else PALEST_INK, letter=work.text_height)
    page = finder(work.grey)
    if page is None:
        return _Page()
    reads = tuple(_read_lines(work, page, readers))
    if scan.text_words:
        reads = _with_own_text(reads, scan, work)
    slots: tuple[SlotReading, ...] = ()
    if digits is not None:
        reads, slots = _with_slots(work, page, reads, SlotTools(digits, readers.engine))
    back = to_upright(work, scan)
    slots = tuple(replace(s, box=moved_box(s.box, back, work.bend)) for s in slots)
    fold = gutter(page)
    lines = _in_order(reads, page.letter, fold, lambda word: moved(word, back, work.bend))
    return _Page(lines, slots, () if fold is None else ("two-page-spread",))


def _with_slots(
    work: Working, page: PageLines, reads: tuple[_Read, ...], tools: SlotTools
) -> tuple[tuple[_Read, ...], tuple[SlotReading, ...]]:
    """The read lines with their slots filled in, lines that only the digits make readable, the slots."""
    boxes = (Box(line.left, line.top, line.right, line.bottom) for line in page.lines)
    unread = [box for box in boxes if not any(_holds(box, word) for r in reads for word in r.words)]
    seen = read_slots(work, [Line(r.words) for r in reads], unread, tools)
    changed = tuple(
        read if line.words == read.words else _refilled(read, line)
        for read, line in zip(reads, seen.lines, strict=True)
    )
    found = (
        _Read(line.words, Piece(line.text, line.box.left, line.box.top, line.box.right, line.box.bottom))
        for line in seen.found
    )
    return (*changed, *found), seen.readings


def _refilled(read: _Read, line: Line) -> _Read:
    box = line.box
    piece = replace(
        read.piece,
        text=line.text,
        left=min(read.piece.left, box.left),
        right=max(read.piece.right, box.right),
    )
    return _Read(line.words, piece)


def _holds(box: Box, word: Word) -> bool:
    middle = ((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2)
    return box.left <= middle[0] <= box.right and box.top <= middle[1] <= box.bottom


def _with_own_text(reads: tuple[_Read, ...], scan: PageScan, work: Working) -> tuple[_Read, ...]:
    """Put the page's own words in place of the read ones, where the pixels confirm them."""
    own = decoded(scan.text_words)
    if not confirmed(own, [word for r in reads for word in r.words]):
        return reads
    words = [moved(word, work.transform) for word in own]
    rest: list[_Read] = []
    taken: dict[int, list[Word]] = {}
    for word in words:
        home = _home(word, reads)
        if home is None:
            box = word.box
            rest.append(_Read((word,), Piece(word.text, box.left, box.top, box.right, box.bottom)))
        else:
            taken.setdefault(home, []).append(word)
    lines = (
        _Read(tuple(line), replace(reads[k].piece, text=" ".join(w.text for w in line)))
        for k, line in ((k, sorted(taken[k], key=lambda w: w.box.left)) for k in sorted(taken))
    )
    return (*lines, *rest)


def _home(word: Word, reads: tuple[_Read, ...]) -> int | None:
    """The read line in whose band a word of the page's own layer stands."""
    middle = (word.box.top + word.box.bottom) / 2
    centre = (word.box.left + word.box.right) / 2
    for k, candidate in enumerate(reads):
        piece = candidate.piece
        margin = piece.bottom - piece.top
        if piece.top - 0.6 * margin <= middle <= piece.bottom + 0.6 * margin and (
            piece.left - margin <= centre <= piece.right + margin
        ):
            return k
    return None


def _read_lines(work: Working, page: PageLines, readers: _Readers) -> Iterator[_Read]:
    """Read the page as one column of clean strips and bring the words back to their places."""
    column = set_in_column(page)
    if not column.strips:
        return
    by_strip: dict[int, list[Word]] = {}
    pixels, factor = at_reading_size(column, page.letter)
    for line in readers.engine.read(ReadRequest(pixels, round(work.dpi * factor))):
        for word in (_grown(word, 1 / factor) for word in line.words):
            by_strip.setdefault(_strip_of(word, column), []).append(word)
    if readers.again:
        by_strip = read_again(column, by_strip, page.letter, readers.engine, round(work.dpi))
    for k, strip in enumerate(column.strips):
        words = tuple(_back(word, strip) for word in sorted(by_strip.get(k, ()), key=lambda w: w.box.left))
        words = without_debris(mended(words))
        if words and believable(words, in_cell=strip.line.cell != 0):
            parts = halves(words, page.letter)
            for part in parts:
                yield _Read(part, _piece(part, strip.line, page, whole=len(parts) == 1))


def _piece(words: tuple[Word, ...], line: TextLine, page: PageLines, *, whole: bool) -> Piece:
    cell = page.cells.get(line.cell)
    return Piece(
        " ".join(word.text for word in words),
        line.left if whole else words[0].box.left,
        line.band[0],
        line.right if whole else words[-1].box.right,
        line.band[1],
        None if cell is None else TableCell(cell.table, cell.left, cell.top, cell.right, cell.bottom),
    )


def _grown(word: Word, factor: float) -> Word:
    """The word with its box in pixels `factor` times as many."""
    box = word.box
    sides = (round(side * factor) for side in (box.left, box.top, box.right, box.bottom))
    return word if factor == 1 else replace(word, box=Box(*sides))


def _strip_of(word: Word, column: Column) -> int:
    middle = (word.box.top + word.box.bottom) / 2
    tops = np.array([strip.top for strip in column.strips])
    bottoms = np.array([strip.bottom for strip in column.strips])
    off = np.maximum(0, np.maximum(tops - middle, middle - bottoms))
    return int(off.argmin())


def _back(word: Word, strip: Strip) -> Word:
    left, top, right, bottom = strip.to_page(word.box.left, word.box.top, word.box.right, word.box.bottom)
    box = Box(round(left), round(top), max(round(left), round(right)), max(round(top), round(bottom)))
    return replace(word, text=nfc(word.text), box=box, read_as=nfc(word.read_as))


def _in_order(
    reads: tuple[_Read, ...], letter: float, fold: float | None, place: Callable[[Word], Word]
) -> tuple[Line, ...]:
    """The lines in reading order, on a spread those left of its `fold` first, their words put in `place`."""
    lines: list[Line] = []
    number = 0
    for side in _sides(reads, fold):
        for block in reading_order([r.piece for r in side], letter):
            for row in block.lines:
                lines.append(Line(tuple(place(word) for index in row for word in side[index].words), number))
            number += 1
    return tuple(lines)


def _sides(reads: tuple[_Read, ...], fold: float | None) -> tuple[tuple[_Read, ...], ...]:
    if fold is None:
        return (reads,)
    left = tuple(r for r in reads if r.piece.left + r.piece.right < 2 * fold)
    return left, tuple(r for r in reads if r not in left)


def _record(
    scan: PageScan, work: Working, layer: TextLayer, blank: bool, page: _Page = _Page()
) -> PageRecord:
    height, width = scan.pixels.shape[:2]
    if work.rotation in (90, 270):
        width, height = height, width
    score = syllable_score(layer.text)
    flags = (*scan.flags, *work.flags, *page.flags, *flags_for(scan.codes))
    if not blank and not layer.lines:
        flags = (*flags, "nothing-read")
    if any(slot.source == "handwritten" for slot in page.slots):
        flags = (*flags, "handwriting")
    return PageRecord(
        number=scan.number,
        width=width,
        height=height,
        dpi=round(max(scan.dpi)),
        status=PageStatus.BLANK if blank else PageStatus.TEXT,
        rotation=work.rotation,
        skew_degrees=round(work.skew, 2),
        quality=0.0 if blank else quality(work, max(scan.dpi), score),
        confidence=round(layer.confidence, 4),
        flags=tuple(dict.fromkeys(flags)),
        layer=layer,
        codes=upright_codes(scan, work.rotation),
        slots=page.slots,
    )
