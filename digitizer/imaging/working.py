"""The working image: what the steps of a recipe take and return. Masters are never touched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Affine", "Array", "Working", "compose", "identity", "inverse", "map_points"]

Array = NDArray[np.uint8]
Affine = NDArray[np.float64]  # (2, 3): x' = m[0]·(x, y, 1), y' = m[1]·(x, y, 1)


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
    flags: tuple[str, ...] = ()
    measures: tuple[tuple[str, float], ...] = ()
