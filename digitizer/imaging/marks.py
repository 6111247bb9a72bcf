"""Marks that carry a line on: a stop widens the line it ends, a dash joins what stands on both its sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink

__all__ = ["dashes", "stops"]

Bools = NDArray[np.bool_]
# Widths and heights in heights of a small letter.
DASH = (0.35, 1.6)  # its width
FLAT = 0.35  # its height at most
FULL = 0.6  # share of its box that is ink
STOP = (0.12, 0.65)  # the width of a full stop or comma
TALLEST_STOP = 0.9
ASIDE, APART = 0.2, (0.35, 1.2)  # between the dots of a colon
ALIKE = 1.4  # times as high is one dot of a colon as the other, at most
NEIGHBOURS = 40  # stops of a page that stand in one column, at most


def dashes(ink: Ink, letter: float) -> Bools:
    """Which components (N,) have the form of a dash or hyphen; `letter` is in pixels."""
    width, height = ink.width, ink.height
    flat = (width >= DASH[0] * letter) & (width <= DASH[1] * letter) & (height <= FLAT * letter)
    flat &= (width >= 1.5 * height) & (ink.area >= FULL * width * height)
    flat[0] = False
    return np.asarray(flat)


def stops(ink: Ink, letter: float) -> Bools:
    """Which components (N,) have the form of a full stop or a comma.

    The dots of a colon are none: what is filled in behind a label, often by hand, is read alone.
    """
    width, height = ink.width, ink.height
    small = (width >= STOP[0] * letter) & (width <= STOP[1] * letter)
    small &= (height >= STOP[0] * letter) & (height <= TALLEST_STOP * letter)
    small[0] = False
    return np.asarray(small & ~_has_twin(ink, small, letter))


def _has_twin(ink: Ink, small: Bools, letter: float) -> Bools:
    """Which of the `small` components stand above or below another one, as the dots of a colon do."""
    index = np.flatnonzero(small)
    index = index[np.argsort(ink.left[index], kind="stable")]
    x, y = (ink.left + ink.width / 2)[index], (ink.top + ink.height / 2)[index]
    height = ink.height[index].astype(np.float64)
    twin = np.zeros(len(small), bool)
    for step in range(1, NEIGHBOURS):
        aside, apart = np.abs(x[step:] - x[:-step]), np.abs(y[step:] - y[:-step])
        pair = (aside < ASIDE * letter) & (apart > APART[0] * letter) & (apart < APART[1] * letter)
        higher, lower = np.maximum(height[step:], height[:-step]), np.minimum(height[step:], height[:-step])
        pair &= higher < ALIKE * lower  # the comma of a semicolon is the taller one
        twin[index[step:][pair]] = twin[index[:-step][pair]] = True
    return twin
