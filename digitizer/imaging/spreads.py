"""Two pages in one picture: an open register, an A3 copy of two A4 leaves. Where the left one ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.lines import PageLines

__all__ = ["gutter"]

WIDE = 1.25  # times as wide as high
MIDDLE = (0.4, 0.6)  # of the width: where the gutter stands
CLEAR = 3.0  # heights of a small letter that no line enters
LINES = 3  # on each page
PRINT = 4  # letters of a line; less may be a stain in the fold
FULL = 0.6  # of a page's width that a line of it takes: columns of a table are narrower


def gutter(page: PageLines) -> float | None:
    """Where (pixels from the left of the working image) the left page of a spread ends; None on one page.

    A spread is wide, keeps a band in its middle free of print and of rules that run across, and holds lines
    on both sides of it, on one at least of a page's width.
    """
    height, width = page.grey.shape
    if width < WIDE * height:
        return None
    lines = [line for line in page.lines if line.letters >= PRINT]
    free = np.ones(width, bool)
    for line in lines:
        free[line.left : line.right] = False
    band = _widest(free, round(MIDDLE[0] * width), round(MIDDLE[1] * width))
    if band is None or band[1] - band[0] < CLEAR * page.letter:
        return None
    if page.rules[:, band[0] : band[1]].all(axis=1).any():
        return None
    middle = (band[0] + band[1]) / 2
    left = [line for line in lines if line.right <= middle]
    right = [line for line in lines if line.left >= middle]
    if min(len(left), len(right)) < LINES:
        return None
    widest = max(line.right - line.left for line in lines)
    return middle if widest >= FULL * width / 2 else None


def _widest(free: NDArray[np.bool_], first: int, last: int) -> tuple[int, int] | None:
    """The widest run of free columns between two columns."""
    columns = first + np.flatnonzero(free[first:last])
    if not len(columns):
        return None
    run = max(np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1), key=len)
    return int(run[0]), int(run[-1]) + 1
