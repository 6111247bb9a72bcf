"""From the working image back to the page as it was scanned, turned upright."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitizer.imaging.geometry import turn_transform
from digitizer.imaging.working import Affine, Bend, Working, compose, inverse, map_points, unbent
from digitizer.intake.scans import PageScan
from digitizer.model import Box, PageCode, Word

__all__ = ["moved", "moved_box", "to_upright", "upright_codes"]


def to_upright(work: Working, scan: PageScan) -> Affine:
    """Takes points of the working image to pixels of the page as scanned, turned upright."""
    height, width = scan.pixels.shape[:2]
    return compose(inverse(work.transform), turn_transform(work.rotation, width, height))


def moved(word: Word, transform: Affine, bend: Bend | None = None) -> Word:
    """The word with its box moved; the bend of a straightened page is undone first."""
    return replace(word, box=moved_box(word.box, transform, bend))


def moved_box(box: Box, transform: Affine, bend: Bend | None = None) -> Box:
    """The smallest upright box around where the corners go, not below zero."""
    corners = np.array(
        [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]]
    )
    points = map_points(transform, unbent(corners.astype(np.float64), bend))
    low, high = points.min(axis=0), points.max(axis=0)
    left, top = max(0, round(low[0])), max(0, round(low[1]))
    return Box(left, top, max(left, round(high[0])), max(top, round(high[1])))


def upright_codes(scan: PageScan, rotation: int) -> tuple[PageCode, ...]:
    """The scan's codes with their boxes in pixels of the page turned upright."""
    height, width = scan.pixels.shape[:2]
    turn = turn_transform(rotation, width, height)
    return tuple(replace(code, box=moved_box(code.box, turn)) for code in scan.codes)
