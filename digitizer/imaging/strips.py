"""Lines cut out and set under each other: one clean column that any reader can take, and the way back.

Each strip holds the line's own letters and marks on white, levelled along the line's own slope, so neither
neighbours, seals, signatures nor columns reach the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from digitizer.imaging.lines import PageLines, TextLine, line_slope
from digitizer.imaging.working import Array

__all__ = ["Column", "Strip", "at_reading_size", "set_in_column", "strip_alone", "unread_ink"]

MARGIN = 40
READING_SIZE = 20.0  # pixels of a small letter: larger print is read less well, and for more
WORTH_IT = 0.92  # by less than that nothing is reduced
INK = 150  # grey below which a pixel is ink
BETWEEN = 0.8  # heights of a small letter of white that part two stretches of unread ink
LEAST_UNREAD = (0.8, 0.6)  # width and height of unread ink that is worth a look, in small letters
STEEPEST = 0.06  # a line leans at most this much more than its page


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a line went and came from.

    It stands in rows `top` to `bottom` of the column; (`x`, `y`) was its corner on the page, `slope` its
    own lean, `drop` how far its left end was moved down by levelling.
    """

    line: TextLine
    top: int
    bottom: int
    x: int
    y: int
    slope: float
    drop: float

    def to_page(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, float, float]:
        """A box of the column in pixels of the working image."""
        middle = (left + right) / 2 - MARGIN
        shift = self.y - self.top - self.drop + self.slope * middle
        return (left - MARGIN + self.x, top + shift, right - MARGIN + self.x, bottom + shift)


@dataclass(frozen=True, slots=True)
class Column:
    """The page re-set as one column: `pixels` uint8 (H, W) and its strips from top to bottom."""

    pixels: Array
    strips: tuple[Strip, ...]


def set_in_column(page: PageLines, gap: float = 1.0) -> Column:
    """Cut every line of `page` out and set them under each other, `gap` x-heights apart."""
    order = sorted(page.lines, key=lambda line: (line.top, line.left))
    pieces = [piece for line in order if (piece := _piece(page, line)) is not None]
    space = max(8, int(page.letter * gap))
    width = max((piece.pixels.shape[1] for piece in pieces), default=1) + 2 * MARGIN
    height = sum(piece.pixels.shape[0] + space for piece in pieces) + 2 * MARGIN
    pixels = np.full((height, width), 255, np.uint8)
    strips, row = [], MARGIN
    for piece in pieces:
        high, wide = piece.pixels.shape
        pixels[row : row + high, MARGIN : MARGIN + wide] = piece.pixels
        strips.append(Strip(piece.line, row, row + high, piece.x, piece.y, piece.slope, piece.drop))
        row += high + space
    return Column(pixels, tuple(strips))


def at_reading_size(column: Column, letter: float) -> tuple[Array, float]:
    """The column's pixels with letters of the size that readers take best, and the factor of their reduction.

    Readers bring a line to some 36 pixels themselves; averaged beforehand, thin strokes and marks survive
    that better (`docs/decisions/0026`). Small print is not enlarged here.
    """
    factor = READING_SIZE / max(1.0, letter)
    if factor > WORTH_IT:
        return column.pixels, 1.0
    high, wide = column.pixels.shape
    size = (max(1, round(wide * factor)), max(1, round(high * factor)))
    return cv2.resize(column.pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8), factor


def unread_ink(
    column: Column, strip: Strip, covered: Iterable[tuple[int, int]], letter: float
) -> tuple[tuple[int, int], ...]:
    """Stretches (left, right) of the strip's ink that none of the `covered` ones touches, marks left out."""
    ink = column.pixels[strip.top : strip.bottom] < INK
    free = np.asarray(ink.any(axis=0))
    for left, right in covered:
        free[max(0, left - 3) : right + 4] = False
    columns = np.flatnonzero(free)
    if not len(columns):
        return ()
    found = []
    for part in np.split(columns, np.flatnonzero(np.diff(columns) > BETWEEN * letter) + 1):
        rows = np.flatnonzero(ink[:, part].any(axis=1))
        wide, high = part[-1] + 1 - part[0], rows[-1] + 1 - rows[0]
        if wide >= LEAST_UNREAD[0] * letter and high >= LEAST_UNREAD[1] * letter:
            found.append((int(part[0]), int(part[-1]) + 1))
    return tuple(found)


def strip_alone(column: Column, strip: Strip) -> tuple[Array, int]:
    """One strip at full size with white above and below, and how many rows of white stand above it."""
    white = MARGIN // 2
    pixels = column.pixels[strip.top : strip.bottom]
    return cv2.copyMakeBorder(pixels, white, white, 0, 0, cv2.BORDER_CONSTANT, value=[255.0]).astype(
        np.uint8
    ), white


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line cut out and levelled, and where it was."""

    line: TextLine
    pixels: Array
    x: int
    y: int
    slope: float
    drop: float


def _slope(page: PageLines, line: TextLine) -> float:
    """The line's own slope (pixels down a pixel to the right) from the feet of its letters."""
    ink = page.ink
    index = np.flatnonzero(page.owner == line.index)
    tall = index[(ink.height[index] >= 0.55 * page.letter) & (ink.height[index] <= 3.2 * page.letter)]
    if len(tall) < 8 or line.right - line.left < 8 * page.letter:
        return page.slope
    slope = line_slope(tall, ink)
    return slope if abs(slope - page.slope) < STEEPEST else page.slope


def _piece(page: PageLines, line: TextLine) -> _Piece | None:
    pad = 4
    left, top = max(0, line.left - pad), max(0, line.top - pad)
    labels = page.ink.labels[top : line.bottom + pad, left : line.right + pad]
    owner = page.owner[labels]
    mine = cv2.dilate((owner == line.index).astype(np.uint8), np.ones((7, 7), np.uint8))
    foreign = (labels > 0) & (owner != line.index)
    seen = page.grey[top : line.bottom + pad, left : line.right + pad]
    cut = np.where((mine > 0) & ~foreign, seen, 255).astype(np.uint8)
    slope, drop = _slope(page, line), 0.0
    height, width = cut.shape
    if abs(slope * width) > 1.5:
        drop = max(0.0, slope * width)
        step = np.array([[1.0, 0.0, 0.0], [-slope, 1.0, drop]])
        size = (width, height + int(abs(slope) * width) + 1)
        cut = cv2.warpAffine(cut, step, size, flags=cv2.INTER_LINEAR, borderValue=255).astype(np.uint8)
    else:
        slope = 0.0
    rows = np.flatnonzero((cut < 200).any(axis=1))
    if not len(rows):
        return None
    first = max(0, int(rows[0]) - 1)
    pixels = np.ascontiguousarray(cut[first : int(rows[-1]) + 2])
    return _Piece(line, pixels, left, top, slope, drop - first)
