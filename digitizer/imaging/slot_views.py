"""What the digit reader is shown of a slot: the print brought to one size, standing on one row."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from digitizer.imaging.working import Array
from digitizer.model import Box

__all__ = ["FOOT", "HEIGHT", "LETTER", "slot_views", "tightened"]

HEIGHT = 40  # rows of a view
FOOT = 28  # the row printed letters stand on
LETTER = 10.0  # rows of a small printed letter
MARGIN = 0.5  # small letters to the left and right of the slot
STRETCHES = (1.0, 0.88, 1.12)
WIDEST = 600


def slot_views(grey: Array, box: Box, letter: float, foot: float) -> Iterator[tuple[Array, float]]:
    """Views uint8 (40, W) of a slot of the working image, and pixels of the page a column of each is wide.

    `letter` is the height of a small letter, `foot` the row the print stands on; the views differ a little
    in size, because both are guesses.
    """
    pad = round(5 * letter)
    top, bottom = max(0, round(foot) - pad), max(1, min(grey.shape[0], round(foot) + pad))
    left, right = max(0, box.left - pad), max(1, min(grey.shape[1], box.right + pad))
    part = grey[top:bottom, left:right]
    edge = box.left - MARGIN * letter
    for stretch in STRETCHES:
        scale = LETTER * stretch / letter
        width = min(WIDEST, max(16, round((box.width + 2 * MARGIN * letter) * scale)))
        if not part.size:
            yield np.full((HEIGHT, width), 255, np.uint8), 1 / scale
            continue
        smooth = cv2.GaussianBlur(part, (0, 0), 0.42 / scale) if scale < 0.9 else part
        step = np.array([[scale, 0.0, (left - edge) * scale], [0.0, scale, FOOT + (top - foot) * scale]])
        view = cv2.warpAffine(smooth, step, (width, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=255)
        yield view.astype(np.uint8), 1 / scale


def tightened(grey: Array, box: Box) -> Box:
    """The box drawn in to its ink; as it was where there is none."""
    part = grey[max(0, box.top) : box.bottom, max(0, box.left) : box.right] < 160
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return box
    left, top = max(0, box.left), max(0, box.top)
    return Box(
        left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1
    )
