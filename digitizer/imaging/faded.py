"""Faded print of scans in two levels: strokes of scattered dots are drawn together again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.background import is_bilevel
from digitizer.imaging.working import Array, Working

__all__ = ["RestoreFaded"]

Floats = NDArray[np.float32]
SHRINK = 4
INK = 128
LEAST = 1.15  # times that strokes are raised where they are raised at all
FADED = (1.27, 1.44)  # so many times must they be raised to count as not faded, as wholly faded


@dataclass(frozen=True, slots=True)
class RestoreFaded:
    """Where print was too pale for a scanner's two levels, its strokes came out as dots: they are joined.

    The density of ink (Gaussian of `stroke` pixels) is held against that of its surroundings, `reach` pixels
    wide: where strokes are dense nothing changes; where they are thin they are raised to `dense`, at most
    `most` times. Surroundings with less than `sparsest` of ink are dust, and stay.
    """

    stroke: float = 1.2
    reach: int = 244
    dense: float = 0.71
    most: float = 3.45
    sparsest: float = 0.0025

    def __call__(self, work: Working) -> Working:
        """Return the page with its faded print joined; a page of more than two levels is left alone."""
        if not is_bilevel(work.grey):
            return work
        ink = (work.grey < INK).astype(np.float32)
        density = cv2.GaussianBlur(ink, (0, 0), self.stroke).astype(np.float32)
        gain, share = self._gain(density)
        if not share.any():
            return work
        size = (density.shape[1], density.shape[0])
        raised, held = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in (gain, share))
        joined = 255 * (1 - np.clip(density * raised, 0, 1))
        grey: Array = (held * joined + (1 - held) * work.grey).astype(np.uint8)
        return replace(work, grey=grey)

    def _gain(self, density: Floats) -> tuple[Floats, Floats]:
        """How much the strokes of each place are raised, and how far that holds there (0 to 1)."""
        side = max(3, self.reach // SHRINK) | 1
        window = (side, side)
        mean, square = (
            cv2.blur(
                cv2.resize(part, None, fx=1 / SHRINK, fy=1 / SHRINK, interpolation=cv2.INTER_AREA), window
            )
            for part in (density, density * density)
        )
        strokes = square / np.maximum(mean, 1e-4)  # the density of strokes, paper left out
        gain = np.clip(self.dense / np.maximum(strokes, 1e-3), LEAST, self.most)
        faded = np.clip((gain - FADED[0]) / (FADED[1] - FADED[0]), 0, 1)
        print_there = np.clip((mean - self.sparsest) / self.sparsest, 0, 1)
        return gain.astype(np.float32), (faded * print_there).astype(np.float32)
