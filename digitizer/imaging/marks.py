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


def dashes(ink: Ink, letter: float) -> Bools:
    """Which components (N,) have the form of a dash or hyphen; `letter` is in pixels."""
    width, height = ink.width, ink.height
    flat = (width >= DASH[0] * letter) & (width <= DASH[1] * letter) & (height <= FLAT * letter)
    flat &= (width >= 1.5 * height) & (ink.area >= FULL * width * height)
    flat[0] = False
    return np.asarray(flat)


def stops(ink: Ink, letter: float) -> Bools:
    """Which components (N,) have the form of a full stop, a comma or a dot of a colon."""
    width, height = ink.width, ink.height
    small = (width >= STOP[0] * letter) & (width <= STOP[1] * letter)
    small &= (height >= STOP[0] * letter) & (height <= TALLEST_STOP * letter)
    small[0] = False
    return np.asarray(small)
