"""Black scan borders: whitened on the working image only; the master keeps every pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.working import Working

__all__ = ["ClearBorders"]


@dataclass(frozen=True, slots=True)
class ClearBorders:
    """Whiten dark areas that grow in from the page's edge: the scanner's lid, a black margin, a shadow.

    `dark` is the grey level below which a pixel may belong to a border; `thickness` the least width, as a
    share of the page's shorter side, of what is taken for a border rather than for a printed frame.
    """

    dark: int = 110
    thickness: float = 0.006

    def __call__(self, work: Working) -> Working:
        """Return the page without its border; flag `black-border` if there was one."""
        height, width = work.grey.shape
        shrink = max(1, min(height, width) // 400)
        small = cv2.resize(
            work.grey, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA
        )
        dark = cv2.threshold(small, self.dark, 255, cv2.THRESH_BINARY_INV)[1]
        core = max(2, round(self.thickness * min(small.shape)))
        thick = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((core, core), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
        at_edge = set(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]).tolist()) - {0}
        # a border is long along its edge; a dark letter cut by the edge is not
        long_ones = [k for k in at_edge if max(stats[k, 2], stats[k, 3]) > 0.12 * max(small.shape)]
        if not long_ones:
            return work
        mask = np.isin(labels, long_ones).astype(np.uint8)
        mask = cv2.dilate(mask, np.ones((core + 3, core + 3), np.uint8))
        full = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)
        grey = np.where(full > 0, 255, work.grey).astype(np.uint8)
        return replace(work, grey=grey, flags=(*work.flags, "black-border"))
