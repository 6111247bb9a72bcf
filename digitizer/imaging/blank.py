"""Is there anything to read? Ink of letters counts; seal bleed, show-through, specks and shadows do not."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitizer.imaging.components import components, half_size
from digitizer.imaging.working import Array, Working

__all__ = ["BlankTest"]

FADED = 200  # grey level: where a per cent of the page is at least this dark, there is writing on it


@dataclass(frozen=True, slots=True)
class BlankTest:
    """Counts dark, letter-like blobs on the cleaned page; those where a seal is count for little.

    `dark` is the grey level that real ink reaches and show-through does not, paper being 255;
    `fewest` the number of such blobs from which a page is no longer called blank; `fewest_in_seal` the
    same for blobs inside seals, whose thickest ink stays dark in every colour. `fewest_faded` blobs of the
    grey level `faded` are a few lines of pale print: more than specks and folds make.
    """

    dark: int = 110
    fewest: int = 5
    fewest_in_seal: int = 60
    faded: int = 150
    fewest_faded: int = 20

    def __call__(self, work: Working) -> bool:
        """Whether the page is blank; a page that is dark all over is not: somebody has to look at it."""
        if "dark-page" in work.flags:
            return False
        outside, inside = self.count(work)
        if outside >= self.fewest or inside >= self.fewest_in_seal:
            return False
        return self.count(work, self.faded)[0] < self.fewest_faded

    def count(self, work: Working, dark: int = 0) -> tuple[int, int]:
        """How many blobs of at least the darkness `dark` could be letters: outside seals, and inside them."""
        small, factor = half_size(work.grey)
        mask = (small < (dark or self._level(small))).astype(np.uint8) * 255
        margin = max(4, round(0.015 * min(mask.shape)))
        mask[:margin] = mask[-margin:] = 0
        mask[:, :margin] = mask[:, -margin:] = 0
        ink = components(mask)
        least = max(5.0, work.dpi / factor * 0.028)  # a small letter of 5 pt type
        letter = (ink.height >= least) & (ink.width >= least * 0.4) & (ink.area >= least * least * 0.15)
        letter[0] = False
        if work.red is None:
            return int(letter.sum()), 0
        x = ((ink.left + ink.width // 2)[letter] * factor).astype(int)
        y = ((ink.top + ink.height // 2)[letter] * factor).astype(int)
        inside = int(np.count_nonzero(_seals(work)[y, x]))
        return len(x) - inside, inside

    def _level(self, grey: Array) -> float:
        """The level of ink; a page with a whole per cent of pale ink is a faded page, not a blank one."""
        darkest = float(np.percentile(grey[::4, ::4], 1))
        return max(float(self.dark), darkest + 0.35 * (255 - darkest)) if darkest < FADED else self.dark


def _seals(work: Working) -> Array:
    """Mask of the places of seals: their red ink, the gaps between its strokes, a little beyond."""
    assert work.red is not None
    height, width = work.red.shape
    shrink = 8
    small = cv2.resize(work.red, (width // shrink + 1, height // shrink + 1), interpolation=cv2.INTER_AREA)
    reach = max(3, round(work.dpi / shrink * 0.25))
    near = cv2.dilate((small > 8).astype(np.uint8), np.ones((reach, reach), np.uint8))
    return cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
