"""Turning, levelling and scaling the working image; each step returns where its pixels came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink, binarize, components, half_size, text_height
from digitizer.imaging.working import Affine, Array, Working, compose

__all__ = ["Deskew", "ScaleText", "estimate_skew", "turn_transform", "turned"]

ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turn_transform(degrees: int, width: int, height: int) -> Affine:
    """Where points of a (height, width) image go when it is turned clockwise by 0, 90, 180 or 270."""
    table: dict[int, list[list[float]]] = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, -1, height], [1, 0, 0]],
        180: [[-1, 0, width], [0, -1, height]],
        270: [[0, 1, 0], [-1, 0, width]],
    }
    return np.array(table[degrees], dtype=np.float64)


def turned(work: Working, degrees: int) -> Working:
    """Turn the page clockwise by a multiple of 90 degrees."""
    if degrees == 0:
        return work
    height, width = work.grey.shape
    step = turn_transform(degrees, width, height)
    return replace(
        work,
        grey=np.ascontiguousarray(cv2.rotate(work.grey, ROTATIONS[degrees])),
        rgb=None if work.rgb is None else np.ascontiguousarray(cv2.rotate(work.rgb, ROTATIONS[degrees])),
        transform=compose(work.transform, step),
        rotation=(work.rotation + degrees) % 360,
    )


def _sharpness_of_rows(
    x: NDArray[np.float64], y: NDArray[np.float64], degrees: float, bin_height: float
) -> float:
    rows = (y - x * math.tan(math.radians(degrees))) / bin_height
    counts = np.bincount((rows - rows.min()).astype(np.int64))
    return float(np.sum(counts.astype(np.float64) ** 2))


def _best_angle(
    points: tuple[NDArray[np.float64], NDArray[np.float64]], angles: NDArray[np.float64], bin_height: float
) -> float:
    scores = [_sharpness_of_rows(points[0], points[1], float(a), bin_height) for a in angles]
    best = int(np.argmax(scores))
    if 0 < best < len(angles) - 1:
        low, mid, high = scores[best - 1 : best + 2]
        bend = low - 2 * mid + high
        if bend < 0:
            return float(angles[best] + 0.5 * (low - high) / bend * (angles[1] - angles[0]))
    return float(angles[best])


def estimate_skew(ink: Ink, letter: float, limit: float = 15.0) -> float:
    """Degrees by which the text leans clockwise, from the feet of its letters; 0 where there is too little.

    The feet of the letters of one line fall on one level when the page is turned right, so the angle that
    piles them into the sharpest rows is the skew (Postl's criterion, on points instead of pixels).
    """
    tall = (ink.height >= 0.6 * letter) & (ink.height <= 2.5 * letter)
    tall &= (ink.width <= 4 * letter) & (ink.width >= 0.2 * letter)
    tall[0] = False
    if int(tall.sum()) < 20:
        return 0.0
    x = (ink.left + ink.width / 2)[tall].astype(np.float64)
    y = (ink.top + ink.height)[tall].astype(np.float64)
    if len(x) > 4000:
        step = len(x) // 4000 + 1
        x, y = x[::step], y[::step]
    rough = _best_angle((x, y), np.arange(-limit, limit + 0.01, 0.5), max(2.0, letter * 0.35))
    fine = _best_angle((x, y), np.arange(rough - 0.6, rough + 0.61, 0.1), max(1.5, letter * 0.2))
    found = _best_angle((x, y), np.arange(fine - 0.12, fine + 0.121, 0.03), max(1.0, letter * 0.12))
    return _fitted(x, y, found, letter)


def _fitted(x: NDArray[np.float64], y: NDArray[np.float64], degrees: float, letter: float) -> float:
    """Sharpen an angle that is nearly right: one slope through the feet of all lines, less outliers."""
    slope = math.tan(math.radians(degrees))
    for _ in range(3):
        level = y - slope * x
        order = np.argsort(level)
        line = np.empty(len(x), np.int64)
        line[order] = np.cumsum(np.diff(level[order], prepend=level[order[0]]) > 0.15 * letter)
        members = np.bincount(line)
        middle_x = np.bincount(line, x) / np.maximum(members, 1)
        heights = np.bincount(line, level) / np.maximum(members, 1)
        good = (members[line] >= 6) & (np.abs(level - heights[line]) < 0.15 * letter)
        if good.sum() < 20:
            break
        across = (x - middle_x[line])[good]
        slope += float(np.sum(across * (level - heights[line])[good]) / max(1.0, np.sum(across**2)))
    found = math.degrees(math.atan(slope))
    return found if abs(found - degrees) < 0.3 else degrees


@dataclass(frozen=True, slots=True)
class Deskew:
    """Level the page when it leans by more than `from_degrees`, up to `max_degrees`."""

    max_degrees: float = 15.0
    from_degrees: float = 0.3

    def __call__(self, work: Working) -> Working:
        """Return the levelled page (white where nothing was scanned); `skew` holds what was measured."""
        small, factor = half_size(work.grey)
        ink = components(binarize(small))
        letter = text_height(ink)
        if letter == 0:
            return work
        skew = estimate_skew(ink, letter, self.max_degrees)
        work = replace(work, skew=skew, text_height=letter * factor)
        if abs(skew) < self.from_degrees:
            return work
        return _levelled(work, skew)


def _levelled(work: Working, skew: float) -> Working:
    height, width = work.grey.shape
    radians = math.radians(skew)
    cosine, sine = math.cos(radians), math.sin(radians)
    new_width = math.ceil(width * cosine + height * abs(sine))
    new_height = math.ceil(height * cosine + width * abs(sine))
    step = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0]])
    step[:, 2] = np.array([new_width / 2, new_height / 2]) - step[:, :2] @ np.array([width / 2, height / 2])
    grey = cv2.warpAffine(
        work.grey,
        step,
        (new_width, new_height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return replace(work, grey=grey.astype(np.uint8), transform=compose(work.transform, step))


@dataclass(frozen=True, slots=True)
class ScaleText:
    """Bring the letters to a height that readers like: small type is enlarged, poster type reduced."""

    smallest: float = 17.0
    target: float = 25.0
    largest: float = 48.0
    max_factor: float = 4.0

    def __call__(self, work: Working) -> Working:
        """Return the page scaled; `text_height` and `dpi` follow."""
        letter = work.text_height or text_height(components(binarize(work.grey)))
        if letter == 0 or self.smallest <= letter <= self.largest:
            return replace(work, text_height=letter)
        factor = min(self.max_factor, self.target / letter)
        size = (round(work.grey.shape[1] * factor), round(work.grey.shape[0] * factor))
        how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
        grey: Array = cv2.resize(work.grey, size, interpolation=how).astype(np.uint8)
        step = np.array([[size[0] / work.grey.shape[1], 0.0, 0.0], [0.0, size[1] / work.grey.shape[0], 0.0]])
        return replace(
            work,
            grey=grey,
            dpi=work.dpi * factor,
            text_height=letter * factor,
            transform=compose(work.transform, step),
        )
