"""Which way is up, told cheaply from the letters alone; a reader is asked only where this is unsure.

Text is sharper across its lines than along them, which gives the axis. Feet of letters stand on one level
while their heads do not, and Vietnamese letters wear their marks above far more often than below, which
gives up and down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink

__all__ = ["Orientation", "estimate_orientation"]

Floats = NDArray[np.float64]
MOST_POINTS = 3000


@dataclass(frozen=True, slots=True)
class Orientation:
    """Clockwise degrees (0, 90, 180, 270) that turn the page upright, and how sure that is, 0 to 1."""

    degrees: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _Letters:
    """Letters and marks as boxes of float arrays; turning them is cheaper than turning pixels."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    def turned(self) -> _Letters:
        """The same letters after the page is turned clockwise by 90 degrees."""
        return _Letters(-self.bottom, self.left, -self.top, self.right)


def estimate_orientation(ink: Ink, letter: float) -> Orientation:
    """Tell which way is up from the components of a page whose letters are `letter` pixels high."""
    letters, marks = _sorted_out(ink, letter)
    if len(letters.left) < 30:
        return Orientation(0, 0.0)
    lying = letters.turned()
    across, along = _row_sharpness(letters, letter), _row_sharpness(lying, letter)
    axis = math.log(max(across) / max(along))
    upright, small = (letters, marks) if axis > 0 else (lying, marks.turned())
    feet, heads = across if axis > 0 else along
    up = math.log(feet / heads) + 0.8 * _marks_above(upright, small, letter)
    degrees = (0 if axis > 0 else 90) + (0 if up > 0 else 180)
    confidence = min(1.0, abs(axis) / 0.4) * min(1.0, abs(up) / 0.5)
    return Orientation(degrees, confidence)


def _sorted_out(ink: Ink, letter: float) -> tuple[_Letters, _Letters]:
    side = np.maximum(ink.height, ink.width)
    tall = (
        (side >= 0.6 * letter) & (side <= 2.6 * letter) & (np.minimum(ink.height, ink.width) >= 0.15 * letter)
    )
    small = (side < 0.55 * letter) & (side >= 0.12 * letter) & (ink.area >= 4)
    tall[0] = small[0] = False
    return _boxes(ink, tall), _boxes(ink, small)


def _boxes(ink: Ink, which: NDArray[np.bool_]) -> _Letters:
    index = np.flatnonzero(which)
    if len(index) > MOST_POINTS:  # a band from the middle keeps neighbours together
        index = index[np.argsort(ink.top[index], kind="stable")][len(index) // 2 - MOST_POINTS // 2 :][
            :MOST_POINTS
        ]
    left, top = ink.left[index].astype(np.float64), ink.top[index].astype(np.float64)
    return _Letters(left, top, left + ink.width[index], top + ink.height[index])


def _row_sharpness(letters: _Letters, letter: float) -> tuple[float, float]:
    """Sharpness of rows of feet and of heads at the best angle within 15 degrees."""
    middle = (letters.left + letters.right) / 2
    best = (0.0, 0.0, 0.0)
    for degrees in np.arange(-15.0, 15.1, 1.0):
        lean = middle * math.tan(math.radians(float(degrees)))
        feet = _pile(letters.bottom - lean, letter * 0.3)
        heads = _pile(letters.top - lean, letter * 0.3)
        if feet + heads > best[2]:
            best = (feet, heads, feet + heads)
    return best[0], best[1]


def _pile(rows: Floats, bin_height: float) -> float:
    counts = np.bincount(((rows - rows.min()) / bin_height).astype(np.int64))
    return float(np.sum(counts.astype(np.float64) ** 2))


def _marks_above(letters: _Letters, marks: _Letters, letter: float) -> float:
    """Balance of marks above against below their letters, from -1 to 1; 0 where there are few."""
    if len(marks.left) < 10:
        return 0.0
    order = np.argsort(letters.left)
    left, right = letters.left[order], letters.right[order]
    top, bottom = letters.top[order], letters.bottom[order]
    above = below = 0
    middle, level = (marks.left + marks.right) / 2, (marks.top + marks.bottom) / 2
    first = np.searchsorted(left, middle - 2.6 * letter)
    last = np.searchsorted(left, middle)
    for x, y, begin, end in zip(middle, level, first, last, strict=True):
        over = right[begin:end] >= x
        gap_above = np.where(over, top[begin:end] - y, np.inf)
        gap_below = np.where(over, y - bottom[begin:end], np.inf)
        near_above = np.any((gap_above > 0) & (gap_above < 0.7 * letter))
        near_below = np.any((gap_below > 0) & (gap_below < 0.7 * letter))
        above += bool(near_above and not near_below)
        below += bool(near_below and not near_above)
    total = above + below
    return (above - below) / total * min(1.0, total / 40) if total else 0.0
