"""Connected components of the ink: letters, marks, rules, blobs, and the size of the text."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.working import Array

__all__ = ["PALEST_INK", "Ink", "binarize", "components", "half_size", "text_height"]

Ints = NDArray[np.int32]
INK_SHARE = 0.0015  # of the page: the darkest share of it is ink
PALEST_INK = 0.62  # of the way from the darkest ink to white
FINE = 1500  # pixels across: a page of 200 dpi or more
LARGEST_WEIGHT = 1500  # pixels: one blob or headline must not outweigh a page of text


def binarize(grey: Array, palest: float = PALEST_INK) -> Array:
    """Ink as 255 on 0: Otsu's threshold on the normalised page, kept within sane bounds.

    The bound above follows the darkest ink, so that on a page of little text its show-through, much paler
    than its ink, is not taken for text.
    """
    sample = grey[::2, ::2]
    level = cv2.threshold(sample, 0, 255, cv2.THRESH_OTSU)[0]
    shares = np.cumsum(np.bincount(sample.ravel(), minlength=256)) / sample.size
    darkest = float(np.searchsorted(shares, INK_SHARE))
    level = float(np.clip(level, 130, min(205, darkest + palest * (255 - darkest))))
    return cv2.threshold(grey, level, 255, cv2.THRESH_BINARY_INV)[1].astype(np.uint8)


def half_size(grey: Array) -> tuple[Array, float]:
    """The page at half its size where it is large enough for that, and the factor that leads back.

    Which way is up, how much a page leans and whether it is blank show there as well, at a quarter the cost.
    """
    if min(grey.shape) < FINE:
        return grey, 1.0
    size = (grey.shape[1] // 2, grey.shape[0] // 2)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8), 2.0


@dataclass(frozen=True, slots=True)
class Ink:
    """Components of one page: `labels` int32 (H, W), 0 = paper; the rest int32 (N,), index 0 = paper."""

    labels: Ints
    left: Ints
    top: Ints
    width: Ints
    height: Ints
    area: Ints

    def __len__(self) -> int:
        return len(self.left)


def components(ink: Array) -> Ink:
    """Label 8-connected ink of a mask (255 = ink)."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    left, top, width, height, area = (stats[:, i].astype(np.int32) for i in range(5))
    return Ink(labels.astype(np.int32, copy=False), left, top, width, height, area)


def text_height(ink: Ink) -> float:
    """The commonest letter height in pixels, the x-height of running text; 0 where letters are too few.

    Half of the ink stands in letters of at most the middle height, so leader dots and grain, many but
    small, do not count; the commonest height a little below the middle one is that of small letters.
    """
    width, height, area = ink.width[1:], ink.height[1:], ink.area[1:]
    letter = (height >= 6) & (height < 200) & (width >= 3) & (width < height * 4)
    letter &= (area > height * width * 0.15) & (width > height * 0.25)
    heights = height[letter].astype(np.int64)
    if len(heights) < 5:
        return 0.0
    weights = np.minimum(area[letter], LARGEST_WEIGHT)
    order = np.argsort(heights, kind="stable")
    running = np.cumsum(weights[order])
    middle = float(heights[order][np.searchsorted(running, running[-1] / 2)])
    histogram = np.bincount(heights, minlength=220).astype(np.float64)
    smooth = np.convolve(histogram, [0.25, 0.5, 1.0, 0.5, 0.25], "same")
    low, high = int(0.55 * middle), round(1.05 * middle) + 1
    return float(low + np.argmax(smooth[low:high]))
