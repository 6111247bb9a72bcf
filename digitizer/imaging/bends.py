"""Curved and unevenly leaning lines of photographed sheets: measured from the letters, straightened.

The slope of the print is measured in short runs of letters all over the page and described by one smooth
surface; every column of pixels is then moved up or down so that the surface becomes flat (dewarping by text
lines).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink, binarize, components, half_size
from digitizer.imaging.working import BEND_CELL as CELL
from digitizer.imaging.working import Array, Bend, Working

__all__ = ["Straighten", "runs_of_letters"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RUN = 12  # letters: long enough for a slope, short enough for a curve
SHORTEST = 6
POWERS = tuple((i, j) for i in range(4) for j in range(4) if i + j <= 4)


@dataclass(frozen=True, slots=True)
class Straighten:
    """Straightens the lines where their slopes differ by more than `uneven` (rise over run) within the page.

    `uneven` is the spread between the tenth and the ninetieth percentile of the runs; `fewest` the number of
    runs below which nothing is said; `passes` how often what is left is measured again; `remaining` the share
    of the spread that a true bend leaves behind when a smooth surface describes it: stains leave more.
    """

    uneven: float = 0.025
    fewest: int = 25
    passes: int = 2
    remaining: float = 0.6

    def __call__(self, work: Working) -> Working:
        """Return the page with straight lines, its `bend` kept and the flag `bent-page`; or as it is."""
        letter = work.text_height
        if letter == 0:
            return work
        small, factor = half_size(work.grey)
        bend: Bend | None = None
        for _ in range(self.passes):
            seen = small if bend is None else _moved(small, bend / np.float32(factor), factor)
            more = self._bend(seen, letter / factor, work.grey.shape)
            if more is None:
                break
            bend = more if bend is None else _summed(bend, more)
        if bend is None:
            return work
        return replace(work, grey=_moved(work.grey, bend), bend=bend, flags=(*work.flags, "bent-page"))

    def _bend(self, grey: Array, letter: float, size: tuple[int, ...]) -> Bend | None:
        """The bend of a page of `size` from its small picture; None where its lines are straight."""
        height, width = grey.shape
        runs = runs_of_letters(components(binarize(grey)), letter)
        if len(runs) < self.fewest or _spread(runs[:, 2]) < self.uneven:
            return None
        runs[:, :2] /= np.array([width, height])
        surface, left = _fitted(runs)
        if _spread(left) > self.remaining * _spread(runs[:, 2]):
            return None
        return _field(surface, size[1], size[0])


def runs_of_letters(ink: Ink, letter: float) -> Floats:
    """Runs of neighbouring letters of one line: rows of (x, y of the middle, slope), in pixels of `ink`."""
    tall = (ink.height >= 0.6 * letter) & (ink.height <= 2.5 * letter)
    tall &= (ink.width <= 4 * letter) & (ink.width >= 0.15 * letter)
    tall[0] = False
    index = np.flatnonzero(tall)
    index = index[np.argsort(ink.left[index], kind="stable")]
    after = _neighbours(ink, index, letter)
    x = (ink.left + ink.width / 2)[index]
    feet = (ink.top + ink.height)[index].astype(np.float64)
    found = [_run(x[run], feet[run], letter) for run in _split(after)]
    rows = [run for run in found if run is not None]
    return np.array(rows) if rows else np.empty((0, 3))


def _neighbours(ink: Ink, index: Ints, letter: float) -> Ints:
    """For each letter its next one on the right when both are each other's nearest, else -1."""
    left = ink.left[index].astype(np.float64)
    right, top = left + ink.width[index], ink.top[index].astype(np.float64)
    bottom = top + ink.height[index]
    ends = np.searchsorted(left, right + 1.3 * letter)
    after, before = np.full(len(index), -1), np.full(len(index), -1)
    nearest = np.full(len(index), np.inf)
    for k in range(len(index)):
        begin, end = k + 1, int(ends[k])
        if end <= begin:
            continue
        overlap = np.minimum(bottom[k], bottom[begin:end]) - np.maximum(top[k], top[begin:end])
        lower = np.minimum(bottom[k] - top[k], bottom[begin:end] - top[begin:end])
        gap = left[begin:end] - right[k] + np.abs(bottom[begin:end] - bottom[k])
        gap = np.where((overlap > 0.5 * lower) & (left[begin:end] > left[k] + 0.3 * letter), gap, np.inf)
        best = int(gap.argmin())
        other = begin + best
        if gap[best] < nearest[other]:
            if before[other] >= 0:
                after[before[other]] = -1
            after[k], before[other], nearest[other] = other, k, gap[best]
    return after


def _split(after: Ints) -> list[Ints]:
    """Chains cut into runs of at most `RUN` letters."""
    starts = np.setdiff1d(np.arange(len(after)), after[after >= 0])
    runs: list[Ints] = []
    for start in starts:
        chain, at = [], int(start)
        while at >= 0:
            chain.append(at)
            at = int(after[at])
        pieces = max(1, round(len(chain) / RUN))
        runs += [piece for piece in np.array_split(np.array(chain), pieces) if len(piece) >= SHORTEST]
    return runs


def _run(x: Floats, feet: Floats, letter: float) -> tuple[float, float, float] | None:
    """Middle and slope of one run: the median slope between letters half a run apart (Theil and Sen)."""
    half = len(x) // 2
    reach = x[half:] - x[: len(x) - half]
    if reach.min() < 2 * letter:
        return None
    slope = float(np.median((feet[half:] - feet[: len(x) - half]) / reach))
    return float(x.mean()), float(np.median(feet)), slope


def _spread(values: Floats) -> float:
    low, high = np.percentile(values, [10, 90])
    return float(high - low)


def _fitted(runs: Floats) -> tuple[Floats, Floats]:
    """Coefficients of the surface of slopes (page sides 0 to 1), and what it leaves of each run's slope."""
    design = _terms(runs[:, 0], runs[:, 1])
    weight = np.ones(len(runs))
    ridge = 1e-3 * np.diag([0.0, *[1.0] * (len(POWERS) - 1)]) * len(runs)
    for _ in range(8):
        weighed = design * weight[:, None]
        surface = np.linalg.solve(weighed.T @ design + ridge, weighed.T @ runs[:, 2]).astype(np.float64)
        left = runs[:, 2] - design @ surface
        scale = 1.5 * float(np.median(np.abs(left))) + 1e-6
        weight = 1 / (1 + (left / (2 * scale)) ** 2)
    return surface, left


def _terms(x: Floats, y: Floats) -> Floats:
    return np.stack([x**i * y**j for i, j in POWERS], axis=-1)


def _field(surface: Floats, width: int, height: int) -> Bend:
    """How far below each node its pixels come from: the surface summed up from the middle column."""
    x = np.arange(0, width + CELL, CELL) / width
    y = np.arange(0, height + CELL, CELL) / height
    field = np.zeros((len(y), len(x)))
    for part, (i, j) in zip(surface, POWERS, strict=True):
        field += part * width * np.outer(y**j, (x ** (i + 1) - 0.5 ** (i + 1)) / (i + 1))
    return field.astype(np.float32)


def _summed(first: Bend, then: Bend) -> Bend:
    """The bend that does `first` and after it `then`."""
    rows, columns = np.indices(first.shape)
    up = np.asarray(rows + then / CELL, np.float32)
    across = np.asarray(columns, np.float32)
    there = cv2.remap(first, across, up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(then + there, np.float32)


def _moved(grey: Array, bend: Bend, factor: float = 1.0) -> Array:
    """The picture with every pixel taken from where the bend says; nodes stand `CELL` / `factor` apart."""
    height, width = grey.shape
    scale = factor / CELL
    step = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    down = cv2.warpAffine(bend, step, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    columns = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    rows = np.arange(height, dtype=np.float32)[:, None] + down
    moved = cv2.remap(
        grey, np.ascontiguousarray(columns), rows.astype(np.float32), cv2.INTER_LINEAR, borderValue=255
    )
    return moved.astype(np.uint8)
