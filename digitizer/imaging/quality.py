"""A page's quality figure: sharpness, contrast, grain, resolution, lean, and what the text says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.working import Working

__all__ = ["MeasureSharpness", "quality"]

GOOD_LETTER = 15.0  # pixels of the scan: a small letter of 12 pt at 200 dpi has about 17
POOR_LETTER = 5.0
GOOD_CONTRAST = 0.6
GOOD_EDGE = 0.30  # grey levels a pixel over 255, at the steeper edges of print
WORST_LEAN = 30.0  # degrees
WORST_GRAIN = 25.0  # grey levels


@dataclass(frozen=True, slots=True)
class MeasureSharpness:
    """Notes how steep the edges of print are: the measure `sharpness`, 0 to 1, 0 where there is none."""

    edge: int = 24

    def __call__(self, work: Working) -> Working:
        """Return the page as it is, measured."""
        rows = work.grey[::2]
        steps = cv2.absdiff(rows[:, 1:], rows[:, :-1])
        edges = steps[steps > self.edge]
        steep = float(np.percentile(edges, 75)) / 255 if len(edges) > 500 else 0.0
        return replace(work, measures=(*work.measures, ("sharpness", steep)))


def quality(work: Working, dpi: float, syllables: float | None) -> float:
    """One figure from 0 to 1: the weakest of all that is measured.

    `dpi` is the resolution of the scan itself; `syllables` the share of real syllables in its text
    (None where there is too little of it to tell).
    """
    measures = dict(work.measures)
    letter = work.text_height * dpi / work.dpi
    parts = [
        measures.get("contrast", 1.0) / GOOD_CONTRAST,
        measures.get("sharpness", 1.0) / GOOD_EDGE,
        1.2 - measures.get("noise", 0.0) / WORST_GRAIN,
        1.0 - abs(work.skew) / WORST_LEAN,
    ]
    if letter:
        parts.append(0.3 + 0.7 * (letter - POOR_LETTER) / (GOOD_LETTER - POOR_LETTER))
    if syllables is not None:
        parts.append(syllables)
    return round(float(np.clip(min(parts), 0.0, 1.0)), 3)
