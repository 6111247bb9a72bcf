"""A page as the engine sees it: runs of words without a wide gap, their folded text, where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from digitizer.model import Box, Line, PageRecord, PageStatus, Word
from digitizer.understanding.columns import in_columns
from digitizer.understanding.vietnamese import fold

__all__ = ["PageView", "Segment", "across_gaps", "capitals", "letters", "segment", "view_of"]

_NATION = "cong hoa xa hoi chu nghia viet nam"
_OPENING = {"cong", "c0ng", "gong", "cọng"}
GAP = 1.6  # of a line's height: wider than any space between words of one phrase
HOLE = 7.0  # of a word's height: a word of so many letters and the spaces beside it
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_DOTS = re.compile(r"[.…_·•]{3,}")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one printed line that stand together; `box` in pixels of the upright page.

    `folded` is the text without case and marks, `key` its letters and digits only, single-spaced; `row` the
    place of its printed line on the page, in reading order.
    """

    words: tuple[Word, ...]
    page: int
    row: int
    text: str
    folded: str
    key: str
    box: Box

    @property
    def centre(self) -> float:
        """Middle of the box from the left, in pixels."""
        return (self.box.left + self.box.right) / 2

    @property
    def confidence(self) -> float:
        """Mean word confidence, weighted by length."""
        weight = sum(len(w.text) for w in self.words)
        return sum(w.confidence * len(w.text) for w in self.words) / weight if weight else 0.0


@dataclass(frozen=True, slots=True)
class PageView:
    """A page's segments and whole lines in reading order; sizes in pixels of the upright page."""

    number: int
    width: int
    height: int
    blank: bool
    segments: tuple[Segment, ...]
    lines: tuple[Segment, ...]

    def above(self, share: float) -> Iterator[Segment]:
        """Segments whose middle lies in the upper `share` of the page."""
        limit = share * self.height
        return (s for s in self.segments if (s.box.top + s.box.bottom) / 2 < limit)


def view_of(page: PageRecord) -> PageView:
    """The page as segments; a page that failed or is blank has none."""
    layer = page.layer
    lines = in_columns([line for line in layer.lines if line.words]) if layer else ()
    parts = tuple(_split(lines, page.number))
    whole = tuple(segment(line.words, page.number, row) for row, line in enumerate(lines))
    return PageView(
        page.number, max(1, page.width), max(1, page.height), page.status is PageStatus.BLANK, parts, whole
    )


def segment(words: Sequence[Word], page: int, row: int) -> Segment:
    """The words as one segment."""
    text = " ".join(w.text for w in words)
    folded = fold(text)
    box = Box.around(w.box for w in words)
    return Segment(tuple(words), page, row, text, folded, letters(folded), box)


def across_gaps(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments, those of one printed line joined where only a word that was not read lies between them.

    They stand nearer than columns do, are of one height, both in capitals or both not.
    """
    held: Segment | None = None
    for nxt in sorted(segments, key=lambda s: (s.row, s.box.left)):
        if held is not None and _goes_on(held, nxt):
            held = segment((*held.words, *nxt.words), held.page, held.row)
            continue
        if held is not None:
            yield held
        held = nxt
    if held is not None:
        yield held


def _goes_on(one: Segment, two: Segment) -> bool:
    tall, other = _height(one.words), _height(two.words)
    return (
        one.row == two.row
        and two.box.left - one.box.right < HOLE * min(tall, other)
        and max(tall, other) < 1.5 * min(tall, other)
        and (capitals(one.text) > 0.7) == (capitals(two.text) > 0.7)
    )


def letters(folded: str) -> str:
    """Folded text as letters and digits alone, single-spaced.

    >>> letters("doc lap - tu do - hanh phuc.")
    'doc lap tu do hanh phuc'
    """
    return _NOT_LETTERS.sub(" ", folded).strip()


def capitals(text: str) -> float:
    """Share of capitals among the letters that have a case; 0 where there are none."""
    cased = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in cased) / len(cased) if cased else 0.0


def _split(lines: Iterable[Line], page: int) -> Iterator[Segment]:
    for row, line in enumerate(lines):
        tall = _height(line.words)
        start, opens = 0, _mark_at(line.words)
        for at in range(1, len(line.words)):
            apart = line.words[at].box.left - line.words[at - 1].box.right
            if apart > GAP * tall or at == opens:
                yield segment(line.words[start:at], page, row)
                start = at
        yield segment(line.words[start:], page, row)


def _mark_at(words: Sequence[Word]) -> int:
    """Where the state's name begins within a line that holds the organ's too; 0 where it does not."""
    if len(words) < 8:
        return 0
    keys = [letters(fold(w.text)) for w in words]
    for at in range(1, len(keys) - 3):
        if keys[at] in _OPENING and fuzz.ratio(" ".join(keys[at:]), _NATION) > 80:
            return at
    return 0


def _height(words: Sequence[Word]) -> float:
    tall = sorted(w.box.height for w in words if not _DOTS.search(w.text))
    return max(1.0, float(tall[len(tall) // 2])) if tall else 1e9
