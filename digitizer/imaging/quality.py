"""A page's quality figure: sharpness, contrast, resolution, and what the text says of it."""

from __future__ import annotations

import numpy as np

from digitizer.imaging.working import Working

__all__ = ["quality"]

GOOD_LETTER = 18.0  # pixels: a small letter of 12 pt at 300 dpi has about 25
GOOD_CONTRAST = 0.6


def quality(work: Working, syllables: float | None) -> float:
    """One figure from 0 to 1: the weakest of legibility, contrast, resolution, and the share of real syllables."""
    measures = dict(work.measures)
    contrast = float(np.clip(measures.get("contrast", 1.0) / GOOD_CONTRAST, 0, 1))
    noise = float(np.clip(1.2 - measures.get("noise", 0.0) / 25, 0, 1))
    parts = [contrast, noise]
    if syllables is not None:
        parts.append(syllables)
    return round(min(parts), 3)
