"""Black scan borders: whitened on the working image only; the master keeps every pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.working import Array, Working

__all__ = ["ClearBorders"]

DARKEST_PAPER = 60.0  # grey level: paper is never darker, however poor the light
LARGEST_SHARE = 0.6  # of the page: more than that is no border; the page itself is dark


@dataclass(frozen=True, slots=True)
class ClearBorders:
    """Paint over dark areas that grow in from the page's edge: the scanner's lid, a black margin, a shadow.

    Runs before the paper is evened out, which would turn the grain of a black border into letters.
    `dark` is the share of the paper's brightness below which a pixel may belong to a border; `thickness`
    the least width, as a share of the page's shorter side, that makes it a border and not a printed frame;
    `length` how far it runs along the edge, likewise.
    """

    dark: float = 0.25
    thickness: float = 0.006
    length: float = 0.12

    def __call__(self, work: Working) -> Working:
        """Return the page, its border in the colour of its paper; flag `black-border` if there was one."""
        height, width = work.grey.shape
        shrink = max(1, min(height, width) // 400)
        small = cv2.resize(
            work.grey, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA
        )
        paper = float(np.percentile(small, 70))
        mask = self._border(np.asarray(small < self.dark * max(paper, DARKEST_PAPER), np.uint8))
        if mask is None:
            return work
        if mask.mean() > LARGEST_SHARE:
            return replace(work, flags=(*work.flags, "dark-page"))
        full = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)
        grey = np.where(full > 0, round(paper), work.grey).astype(np.uint8)
        return replace(work, grey=grey, flags=(*work.flags, "black-border"))

    def _border(self, dark: Array) -> Array | None:
        side = min(dark.shape)
        core = max(2, round(self.thickness * side))
        closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((core + 1, core + 1), np.uint8))
        thick = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((core, core), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(thick.astype(np.uint8), connectivity=8)
        at_edge = set(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]).tolist()) - {0}
        # a border is long along its edge; a dark letter cut by the edge is not
        borders = [k for k in at_edge if max(stats[k, 2], stats[k, 3]) > self.length * side]
        if not borders:
            return None
        mask = np.isin(labels, borders).astype(np.uint8)
        return cv2.dilate(mask, np.ones((core + 3, core + 3), np.uint8)).astype(np.uint8)
