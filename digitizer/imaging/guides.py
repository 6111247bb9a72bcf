"""Dotted guides of forms: found by their even pitch and taken out, so that what stands on them can be read.

A guide is a row of dots of one size at one pitch. Where text stands on it, only some dots are seen free,
between words and letters; they keep the pitch, which tells them from full stops and the dots of marks.
Between two free dots the hidden ones are known by their places.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink
from digitizer.imaging.working import Array

__all__ = ["Guides", "find_guides", "without_guides"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LEADER = 5  # dots in a row
SLIP = 0.2  # of the pitch: how far a dot may stand from its place
FARTHEST = 12.0  # small letters: between two free dots of one guide
HIDDEN = 10  # pitches at most between free dots among which hidden ones are looked for
LARGER = 1.5  # in area than the guide's dots: a full stop, or the dot of a mark
CLOSE = 3  # gaps of one pitch in a guide: dots of marks below letters never stand as close


@dataclass(frozen=True, slots=True)
class Guides:
    """Dots of a page's guides: labels of the free ones, boxes (left, top, right, bottom) of all places."""

    labels: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class _Dots:
    """Small components that may be dots of guides: their labels, middles (pixels), the size of one."""

    labels: Ints
    x: Floats
    y: Floats
    size: float


def find_guides(ink: Ink, letter: float) -> Guides | None:
    """Find the guides of a page whose small letters are `letter` pixels high; None where there are none."""
    small = np.flatnonzero((ink.height < 0.4 * letter) & (ink.width < 0.5 * letter))
    seeds, pitch = _seeds(ink, small[small > 0], letter)
    if not len(seeds):
        return None
    dots = _alike(ink, small, seeds, letter)
    labels, places = [seeds], [_boxes(ink, seeds)]
    for row in _rows(dots, letter):
        found = _on_comb(dots, row, pitch)
        if found is not None:
            members, hidden = found
            labels.append(dots.labels[members])
            places += [_boxes(ink, dots.labels[members]), _around(hidden, dots.size)]
    return Guides(np.unique(np.concatenate(labels)), np.concatenate(places))


def without_guides(grey: Array, mask: Array, ink: Ink, guides: Guides) -> tuple[Array, Array]:
    """Grey page and mask (255 = ink) without the guides' dots; strokes of letters that cross them stay."""
    gone = np.zeros(len(ink), bool)
    gone[guides.labels] = True
    free = gone[ink.labels]
    dots = free.astype(np.uint8)
    height, width = mask.shape
    for start, top, end, bottom in guides.places:
        depth = max(2, (bottom - top) // 2)
        left, right = max(0, start), min(width, end)
        if top < depth or bottom + depth > height or right - left < 2:
            continue
        # ink above or below the place is a stroke that the dot only touches
        if mask[top - depth : top, left:right].any() or mask[bottom : bottom + depth, left:right].any():
            continue
        dots[top:bottom, left:right] = 1
    others = cv2.bitwise_and(mask, cv2.bitwise_not(dots * 255))
    soft = cv2.dilate(dots, np.ones((5, 5), np.uint8)) * 255
    edge = cv2.bitwise_and(soft, cv2.bitwise_not(others))
    cleaned = np.where(edge > 0, 255, grey).astype(np.uint8)
    return cleaned, others.astype(np.uint8)


def _seeds(ink: Ink, small: Ints, letter: float) -> tuple[Ints, float]:
    """Dots of which five or more stand on one level, close together, and the pitch they keep."""
    if len(small) < LEADER:
        return small[:0], 0.0
    found: list[Ints] = []
    gaps: list[Floats] = []
    step = max(2.0, 0.3 * letter)
    for offset in (0.0, 0.5):  # a level may fall on the edge of a bin
        level = ((ink.top + ink.height)[small] / step + offset).astype(np.int64)
        order = small[np.lexsort((ink.left[small], level))]
        level = np.sort(level, kind="stable")
        gap = np.diff(ink.left[order])
        close = (np.diff(level) == 0) & (gap > 0) & (gap < 0.9 * letter)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], close, [False]]).astype(np.int8)))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            if end - begin >= LEADER - 1:
                found.append(order[begin : end + 1])
                gaps.append(gap[begin:end].astype(np.float64))
    if not found:
        return small[:0], 0.0
    return np.unique(np.concatenate(found)), float(np.median(np.concatenate(gaps)))


def _alike(ink: Ink, small: Ints, seeds: Ints, letter: float) -> _Dots:
    """The small components of the size of most seeds."""
    width, height = float(np.median(ink.width[seeds])), float(np.median(ink.height[seeds]))
    like = (np.abs(ink.width[small] - width) <= 0.4 * width + 1) & (
        np.abs(ink.height[small] - height) <= 0.4 * height + 1
    )
    like &= (ink.width[small] <= 1.5 * ink.height[small] + 1) & (
        ink.height[small] <= 1.5 * ink.width[small] + 1
    )
    like &= ink.area[small] <= LARGER * float(np.median(ink.area[seeds]))
    labels = np.union1d(small[like & ~_below_another(ink, small, letter)], seeds)
    labels = labels[np.argsort(ink.left[labels], kind="stable")]
    x = (ink.left + ink.width / 2)[labels]
    y = (ink.top + ink.height / 2)[labels]
    return _Dots(labels, x, y, max(width, height))


def _below_another(ink: Ink, small: Ints, letter: float) -> NDArray[np.bool_]:
    """Which small components are the lower dot of a colon."""
    x, y = (ink.left + ink.width / 2)[small], (ink.top + ink.height / 2)[small]
    order = np.argsort(x, kind="stable")
    begin = np.searchsorted(x[order], x - 0.12 * letter)
    end = np.searchsorted(x[order], x + 0.12 * letter)
    lower = np.zeros(len(small), bool)
    for k in np.flatnonzero(end - begin > 1):
        above = y[k] - y[order[begin[k] : end[k]]]
        lower[k] = bool(np.any((above > 0.35 * letter) & (above < 1.1 * letter)))
    return lower


def _rows(dots: _Dots, letter: float) -> list[Ints]:
    """Dots that follow each other on one level: places in `dots`, from left to right."""
    ends = np.searchsorted(dots.x, dots.x + FARTHEST * letter)
    row = np.arange(len(dots.x))
    for at in range(len(dots.x)):
        near = np.abs(dots.y[at + 1 : ends[at]] - dots.y[at]) < 0.08 * letter + 1
        follower = int(near.argmax()) if len(near) else 0
        if len(near) and near[follower] and row[at + 1 + follower] == at + 1 + follower:
            row[at + 1 + follower] = row[at]
    order = np.argsort(row, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(row[order])) + 1)
    return [part for part in parts if len(part) > CLOSE]


def _on_comb(dots: _Dots, row: Ints, pitch: float) -> tuple[Ints, Floats] | None:
    """The dots of a row that keep the pitch and the middles of hidden ones; None where it is no guide."""
    x, y = dots.x[row], dots.y[row]
    gaps = np.diff(x)
    close = gaps[(gaps > 0.75 * pitch) & (gaps < 1.25 * pitch)]
    own = float(np.median(close)) if len(close) >= 2 else pitch
    steps = np.maximum(1, np.rint(gaps / own))
    even = np.abs(gaps - steps * own) < SLIP * own * np.maximum(1, np.minimum(steps / 4, 1.5))
    member = np.concatenate([even, [False]]) | np.concatenate([[False], even])
    if len(close) < CLOSE or even.mean() < 0.6:
        return None
    hidden = [
        np.stack([np.linspace(x[k], x[k + 1], int(steps[k]) + 1)[1:-1]] * 2, axis=1) * [1, 0]
        + [0, (y[k] + y[k + 1]) / 2]
        for k in np.flatnonzero(even & (steps > 1) & (steps <= HIDDEN))
    ]
    return row[member], np.concatenate(hidden) if hidden else np.empty((0, 2))


def _boxes(ink: Ink, labels: Ints) -> Ints:
    left, top = ink.left[labels].astype(np.int64), ink.top[labels].astype(np.int64)
    return np.stack([left, top, left + ink.width[labels], top + ink.height[labels]], axis=1)


def _around(middles: Floats, size: float) -> Ints:
    corner = np.rint(middles - size / 2).astype(np.int64)
    return np.concatenate([corner, corner + round(size)], axis=1)
