"""One page from scan to words: the spine of reading, straight down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from digitizer.imaging.blank import BlankTest
from digitizer.imaging.components import binarize, components, text_height
from digitizer.imaging.geometry import turned
from digitizer.imaging.lines import LineFinder, PageLines, TextLine
from digitizer.imaging.orientation import estimate_orientation
from digitizer.imaging.quality import quality
from digitizer.imaging.recipe import Recipe, start
from digitizer.imaging.strips import Column, Strip, set_in_column
from digitizer.imaging.working import Affine, Array, Working, compose, inverse, map_points
from digitizer.intake.scans import PageScan
from digitizer.model import Box, Line, PageRecord, PageStatus, TextLayer, Word
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.understanding.plausible import believable, without_debris
from digitizer.understanding.reading_order import Piece, TableCell, reading_order
from digitizer.understanding.vietnamese import nfc, syllable_score

__all__ = ["PageReading", "read_page"]

SURE = 0.3  # confidence of the cheap orientation test above which no reader is asked
TURN_CODES = {0: 1, 90: 6, 180: 3, 270: 8}  # clockwise degrees -> EXIF orientation


@dataclass(frozen=True, slots=True)
class PageReading:
    """A finished page: its record, the EXIF code that turns the shown page upright, seconds a stage."""

    record: PageRecord
    turn: int
    seconds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A line as it was read: its words in pixels of the working image, its piece for the reading order."""

    words: tuple[Word, ...]
    piece: Piece


def read_page(scan: PageScan, engine: OcrEngine, recipe: Recipe) -> PageReading:
    """Prepare a scan, tell blank pages, find its lines, read them and put them in reading order.

    Raises:
        PageError: the engine failed on this page.
        MissingDependencyError: the engine or its model is not installed.
    """
    begun = time.perf_counter()
    work = clean(scan, recipe)
    blank = BlankTest()(work)
    if not blank:
        work = level(work, engine, recipe)
    prepared = time.perf_counter()
    lines: tuple[Line, ...] = ()
    page = None if blank else LineFinder()(work.grey)
    found = time.perf_counter()
    if page is not None:
        lines = _in_order(tuple(_read_lines(work, page, engine)), page.letter, _to_upright(work, scan))
    read = time.perf_counter()
    record = _record(scan, work, lines, engine, recipe, blank)
    seconds = (("image", found - begun), ("prepare", prepared - begun), ("read", read - found))
    return PageReading(record, TURN_CODES[work.rotation], seconds)


def clean(scan: PageScan, recipe: Recipe) -> Working:
    """Run the steps that need no knowledge of which way is up."""
    work = start(scan.pixels, max(scan.dpi))
    for step in recipe.clean:
        work = step(work)
    return work


def level(work: Working, engine: OcrEngine, recipe: Recipe) -> Working:
    """Turn the page upright, then run the steps that level and scale it."""
    ink = components(binarize(work.grey))
    letter = text_height(ink)
    guess = estimate_orientation(ink, letter) if letter else None
    degrees = guess.degrees if guess else 0
    if guess is None or guess.confidence < SURE:
        asked, confidence = engine.orientation(ReadRequest(work.grey, round(work.dpi)))
        degrees = asked if confidence > SURE else (degrees if guess and guess.confidence > 0.1 else 0)
    work = turned(work, degrees)
    for step in recipe.level:
        work = step(work)
    return work


def _to_upright(work: Working, scan: PageScan) -> Affine:
    """Takes points of the working image to pixels of the page as scanned, turned upright."""
    from digitizer.imaging.geometry import turn_transform

    height, width = scan.pixels.shape[:2]
    return compose(inverse(work.transform), turn_transform(work.rotation, width, height))


def _read_lines(work: Working, page: PageLines, engine: OcrEngine) -> Iterator[_Read]:
    """Read the page as one column of clean strips and bring the words back to their places."""
    column = set_in_column(work.grey, page)
    if not column.strips:
        return
    by_strip: dict[int, list[Word]] = {}
    for line in engine.read(ReadRequest(column.pixels, round(work.dpi))):
        for word in line.words:
            by_strip.setdefault(_strip_of(word, column), []).append(word)
    for k, strip in enumerate(column.strips):
        words = tuple(_back(word, strip) for word in sorted(by_strip.get(k, ()), key=lambda w: w.box.left))
        words = without_debris(words)
        if words and believable(words):
            yield _Read(words, _piece(words, strip.line, page))


def _piece(words: tuple[Word, ...], line: TextLine, page: PageLines) -> Piece:
    cell = page.cells.get(line.cell)
    return Piece(
        " ".join(word.text for word in words),
        line.left,
        line.band[0],
        line.right,
        line.band[1],
        None if cell is None else TableCell(cell.table, cell.left, cell.top, cell.right, cell.bottom),
    )


def _strip_of(word: Word, column: Column) -> int:
    middle = (word.box.top + word.box.bottom) / 2
    tops = np.array([strip.top for strip in column.strips])
    bottoms = np.array([strip.bottom for strip in column.strips])
    off = np.maximum(0, np.maximum(tops - middle, middle - bottoms))
    return int(off.argmin())


def _back(word: Word, strip: Strip) -> Word:
    left, top, right, bottom = strip.to_page(word.box.left, word.box.top, word.box.right, word.box.bottom)
    box = Box(round(left), round(top), max(round(left), round(right)), max(round(top), round(bottom)))
    return replace(word, text=nfc(word.text), box=box)


def _in_order(reads: tuple[_Read, ...], letter: float, to_upright: Affine) -> tuple[Line, ...]:
    lines: list[Line] = []
    for number, block in enumerate(reading_order([r.piece for r in reads], letter)):
        for row in block.lines:
            words = tuple(_placed(word, to_upright) for index in row for word in reads[index].words)
            lines.append(Line(words, number))
    return tuple(lines)


def _placed(word: Word, to_upright: Affine) -> Word:
    box = word.box
    corners = np.array(
        [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]]
    )
    points = map_points(to_upright, corners.astype(np.float64))
    low, high = points.min(axis=0), points.max(axis=0)
    left, top = max(0, round(low[0])), max(0, round(low[1]))
    return replace(word, box=Box(left, top, max(left, round(high[0])), max(top, round(high[1]))))


def _record(
    scan: PageScan,
    work: Working,
    lines: tuple[Line, ...],
    engine: OcrEngine,
    recipe: Recipe,
    blank: bool,  # noqa: PLR0913 - private glue
) -> PageRecord:
    height, width = scan.pixels.shape[:2]
    if work.rotation in (90, 270):
        width, height = height, width
    layer = TextLayer(engine.identity, recipe.id, lines)
    score = syllable_score(layer.text)
    flags = (*scan.flags, *work.flags)
    if not blank and not lines:
        flags = (*flags, "nothing-read")
    return PageRecord(
        number=scan.number,
        width=width,
        height=height,
        dpi=round(max(scan.dpi)),
        status=PageStatus.BLANK if blank else PageStatus.TEXT,
        rotation=work.rotation,
        skew_degrees=round(work.skew, 2),
        quality=quality(work, score),
        confidence=round(layer.confidence, 4),
        flags=tuple(dict.fromkeys(flags)),
        layer=layer,
    )


def upright_pixels(scan: PageScan, rotation: int) -> Array:
    """The scan's own pixels turned upright, for pictures people look at."""
    return np.ascontiguousarray(np.rot90(scan.pixels, -rotation // 90))
