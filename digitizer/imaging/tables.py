"""Cells of ruled tables: regions of paper that rules close in. Text never runs across them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import Ink
from digitizer.imaging.working import Array

__all__ = ["OPEN_PAPER", "Cell", "Cells", "find_cells"]

SHRINK = 4
LARGEST_SHARE = 0.4  # of the page: a larger region is a frame around the text, not a cell
OPEN_PAPER = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell in pixels of the working image; `table` numbers the group of touching cells it is part of."""

    table: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a page by number (1-based keys), and the cell of each component (`OPEN_PAPER` = none)."""

    cells: dict[int, Cell]
    of_component: NDArray[np.int64]


def find_cells(rules: Array, ink: Ink, letter: float) -> Cells:
    """Find the cells that `rules` (mask, 255 = ruled line) close in on a page with letters `letter` high."""
    nowhere = np.zeros(len(ink), np.int64)
    if cv2.countNonZero(rules) < 40 * letter:
        return Cells({}, nowhere)
    height, width = rules.shape
    small = cv2.resize(rules, (width // SHRINK + 1, height // SHRINK + 1), interpolation=cv2.INTER_AREA)
    paper = cv2.threshold(cv2.dilate(small, np.ones((3, 3), np.uint8)), 0, 255, cv2.THRESH_BINARY_INV)[1]
    paper = cv2.copyMakeBorder(paper, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    boxes = stats[:, :4].astype(np.float64) * SHRINK
    chosen = _closed(
        boxes, stats[:, 4].astype(np.float64) * SHRINK**2, int(labels[0, 0]), (rules.size, letter)
    )
    if not chosen:
        return Cells({}, nowhere)
    numbers = np.zeros(len(stats), np.int64)
    numbers[chosen] = np.arange(1, len(chosen) + 1)
    x = np.clip(((ink.left + ink.width / 2) / SHRINK).astype(int) + 1, 0, labels.shape[1] - 1)
    y = np.clip(((ink.top + ink.height / 2) / SHRINK).astype(int) + 1, 0, labels.shape[0] - 1)
    return Cells(_grouped(boxes[chosen], letter), numbers[labels[y, x]])


def _closed(
    boxes: NDArray[np.float64], areas: NDArray[np.float64], outside: int, page: tuple[int, float]
) -> list[int]:
    size, letter = page
    return [
        k
        for k in range(1, len(boxes))
        if k != outside
        and areas[k] < LARGEST_SHARE * size
        and boxes[k][3] > 1.2 * letter
        and boxes[k][2] > 1.2 * letter
    ]


def _grouped(boxes: NDArray[np.float64], letter: float) -> dict[int, Cell]:
    """Number the groups of cells that touch, so that each group is one table."""
    table = list(range(len(boxes)))

    def root(k: int) -> int:
        while table[k] != k:
            k = table[k]
        return k

    near = 1.0 * letter
    left, top = boxes[:, 0] - near, boxes[:, 1] - near
    right, bottom = boxes[:, 0] + boxes[:, 2] + near, boxes[:, 1] + boxes[:, 3] + near
    for k in range(len(boxes)):
        touching = (left[k] < right) & (right[k] > left) & (top[k] < bottom) & (bottom[k] > top)
        for other in np.flatnonzero(touching):
            table[root(int(other))] = root(k)
    return {
        k + 1: Cell(root(k), float(x), float(y), float(x + w), float(y + h))
        for k, (x, y, w, h) in enumerate(boxes)
    }
