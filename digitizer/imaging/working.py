"""The working image: what the steps of a recipe take and return. Masters are never touched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BEND_CELL",
    "Affine",
    "Array",
    "Bend",
    "Working",
    "compose",
    "identity",
    "inverse",
    "map_points",
    "unbent",
]

Array = NDArray[np.uint8]
Bend = NDArray[np.float32]  # (rows, columns) of nodes `BEND_CELL` pixels apart
Affine = NDArray[np.float64]  # (2, 3): x' = m[0]·(x, y, 1), y' = m[1]·(x, y, 1)


BEND_CELL = 16  # pixels of the working image from one node of a bend to the next


def identity() -> Affine:
    """The transform that moves nothing."""
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def compose(first: Affine, then: Affine) -> Affine:
    """The one transform that does `first` and after it `then`."""
    square = np.vstack([first, [0.0, 0.0, 1.0]])
    return np.asarray(then @ square)


def inverse(transform: Affine) -> Affine:
    """The transform that takes points back."""
    linear = np.linalg.inv(transform[:, :2])
    return np.hstack([linear, -linear @ transform[:, 2:]])


def map_points(transform: Affine, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move points of shape (N, 2), each (x, y)."""
    return np.asarray(points @ transform[:, :2].T + transform[:, 2])


def unbent(points: NDArray[np.float64], bend: Bend | None) -> NDArray[np.float64]:
    """Where points (N, 2) of a straightened page stood before its lines were straightened."""
    if bend is None:
        return points
    rows, columns = bend.shape
    x = np.clip(np.round(points[:, 0] / BEND_CELL).astype(int), 0, columns - 1)
    y = np.clip(np.round(points[:, 1] / BEND_CELL).astype(int), 0, rows - 1)
    return np.asarray(points + np.stack([np.zeros(len(points)), bend[y, x]], axis=1))


@dataclass(frozen=True, slots=True)
class Working:
    """One page on its way through a recipe.

    Attributes:
        grey: uint8 (H, W); dark ink on light paper once the recipe has run.
        rgb: uint8 (H, W, 3) until the inks are separated, then None.
        dpi: resolution of `grey` in dots an inch, both ways.
        transform: takes points of the scan (pixels, origin top left, as the intake gave it) to `grey`.
        rotation: clockwise degrees (0, 90, 180, 270) turned so far.
        skew: degrees by which the upright page leaned clockwise, measured before it was levelled.
        text_height: height in pixels of a lower-case letter without ascender in `grey`; 0 = unknown.
        red, blue: masks of coloured ink (255 = ink) in pixels of the scan, None where there is none.
        bend: how many pixels lower each node of a grid (every `BEND_CELL` pixels) of the straightened `grey`
            stood before; None where the lines were straight. `transform` leads to the page before that.
        flags: what the steps found (`stamp`, `blue-ink`, `black-border` ...).
        measures: named figures for the quality report, such as `noise`, `contrast`, `sharpness`.
    """

    grey: Array
    rgb: Array | None
    dpi: float
    transform: Affine
    rotation: int = 0
    skew: float = 0.0
    text_height: float = 0.0
    red: Array | None = None
    blue: Array | None = None
    bend: Bend | None = None
    flags: tuple[str, ...] = ()
    measures: tuple[tuple[str, float], ...] = ()
