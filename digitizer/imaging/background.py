"""Paper and light: even out the background, quiet the noise, stretch the contrast. Thin strokes stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.working import Array, Working

__all__ = ["Denoise", "NormalizeBackground", "StretchContrast", "estimate_noise", "paper"]

SMALL_SIDE = 600  # pixels of the long side of the picture on which the paper is estimated
SALT_SHARE = 0.004


def paper(grey: Array, reach: int = 15) -> Array:
    """Estimate the paper behind the ink, same shape as `grey`: closing, then median, on a small copy.

    `reach` is the size, in pixels of the small copy, of the largest ink blob to be bridged.
    """
    height, width = grey.shape
    shrink = max(1, round(max(height, width) / SMALL_SIDE))
    small = cv2.resize(
        grey, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA
    )
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    calm = cv2.medianBlur(closed.astype(np.uint8), 21)
    return cv2.resize(calm, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class NormalizeBackground:
    """Divide by the paper, so that uneven light, yellowing and soft shadows become white."""

    reach: int = 15

    def __call__(self, work: Working) -> Working:
        """Return the page on white; a page of two levels only is left alone."""
        if is_bilevel(work.grey):
            return work
        grey = cv2.divide(work.grey, paper(work.grey, self.reach), scale=255)
        return replace(work, grey=grey.astype(np.uint8))


def is_bilevel(grey: Array) -> bool:
    """Whether the page holds only black and white (a fax or G4 scan)."""
    sample = grey[::7, ::5]
    return bool(np.all((sample == 0) | (sample == 255)))


def estimate_noise(grey: Array) -> float:
    """Standard deviation of the grain in grey levels, from the Laplacian's median (Immerkær 1996)."""
    rows = grey[: grey.shape[0] // 2 * 2 : 2, ::2].astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    answer = np.abs(cv2.filter2D(rows, -1, kernel))
    return float(np.median(answer) / (6 * 0.6745))


def salt_share(grey: Array) -> float:
    """Share of single dark pixels on a two-level page: the speckle of photocopies."""
    sample = grey[: grey.shape[0] // 2]
    ink = (sample < 128).astype(np.uint8)
    around = cv2.boxFilter(ink, cv2.CV_32F, (3, 3), normalize=False)
    return float(np.count_nonzero((ink == 1) & (around <= 1.5)) / ink.size)


@dataclass(frozen=True, slots=True)
class Denoise:
    """Quiet the grain as far as it is there: nothing, a light blur, or a median; never a despeckle by size.

    Despeckling by size would eat the dots of nặng and the marks of small type.
    """

    light: float = 3.0
    strong: float = 8.0

    def __call__(self, work: Working) -> Working:
        """Return the page with its grain quieted; the measure `noise` tells how much there was."""
        noise = estimate_noise(work.grey)
        measures = (*work.measures, ("noise", noise))
        grey = work.grey
        if is_bilevel(grey):
            if salt_share(grey) > SALT_SHARE:
                grey = cv2.medianBlur(grey, 3).astype(np.uint8)
        elif noise >= self.strong:
            grey = cv2.GaussianBlur(cv2.medianBlur(grey, 3), (0, 0), 1.0).astype(np.uint8)
        elif noise >= self.light:
            grey = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.uint8)
        return replace(work, grey=grey, measures=measures)


@dataclass(frozen=True, slots=True)
class StretchContrast:
    """Make the page's ink black without touching its paper: faded pages read like fresh ones.

    On a page full of text the darkest `full_share` of the pixels is ink. On a sparse page that many would
    reach into its show-through, so only `sparse_share` is.
    """

    full_share: float = 0.01
    sparse_share: float = 0.0015
    full_from: float = 0.015
    keep_below: int = 90

    def __call__(self, work: Working) -> Working:
        """Return the page stretched when its ink is pale; the measure `contrast` is 0 to 1."""
        histogram = np.bincount(work.grey[::3, ::3].ravel(), minlength=256)
        shares = np.cumsum(histogram) / max(1, histogram.sum())
        ink = int(np.searchsorted(shares, self.sparse_share))
        white = int(np.searchsorted(shares, 0.5))
        if shares[(ink + white) // 2] >= self.full_from:
            ink = int(np.searchsorted(shares, self.full_share))
        contrast = max(0.0, (white - ink) / 255)
        measures = (*work.measures, ("contrast", contrast))
        if ink <= self.keep_below or white - ink < 20:
            return replace(work, measures=measures)
        levels = np.arange(256, dtype=np.float32)
        table = np.clip((levels - ink) * 255 / (white - ink), 0, 255).astype(np.uint8)
        return replace(work, grey=cv2.LUT(work.grey, table).astype(np.uint8), measures=measures)
