"""Is there anything to read? Ink of letters counts; seal bleed, show-through, specks and shadows do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitizer.imaging.components import components
from digitizer.imaging.working import Working

__all__ = ["BlankTest"]


@dataclass(frozen=True, slots=True)
class BlankTest:
    """Counts dark, letter-like blobs on the cleaned page (red ink is already gone from it).

    `dark` is the grey level that real ink reaches and show-through does not, paper being 255;
    `fewest` the number of such blobs from which a page is no longer called blank.
    """

    dark: int = 110
    fewest: int = 5

    def __call__(self, work: Working) -> bool:
        """Whether the page is blank."""
        return self.count(work) < self.fewest

    def count(self, work: Working) -> int:
        """How many blobs could be letters."""
        mask = (work.grey < self.dark).astype(np.uint8) * 255
        margin = max(4, round(0.015 * min(mask.shape)))
        mask[:margin] = mask[-margin:] = 0
        mask[:, :margin] = mask[:, -margin:] = 0
        ink = components(mask)
        least = max(5.0, work.dpi * 0.028)  # a small letter of 5 pt type
        letter = (ink.height >= least) & (ink.width >= least * 0.4) & (ink.area >= least * least * 0.15)
        letter[0] = False
        return int(letter.sum())
